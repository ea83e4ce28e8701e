targetScope = 'subscription'

metadata name = 'Isthmus'
metadata description = 'All that Isthmus needs on Azure but its event subscriptions, which want the functions to be there first (events.bicep).'

import { eventGroupName, resourceNames } from 'modules/names.bicep'

@minLength(1)
@maxLength(40)
@description('The azd environment; part of the resources\' names.')
param environmentName string

@description('Where everything lies.')
param location string

@description('Object id of whoever sets Isthmus up and looks after it: may write the mesh document, the vault\'s secrets and certificates, and replay dead letters. Empty: nobody gets these rights here.')
param operatorId string = ''

@description('What the operator is.')
param operatorType 'Group' | 'ServicePrincipal' | 'User' = 'User'

@description('The mesh: clusters with the tag isthmus-mesh of this value belong to it.')
param meshName string = 'mesh'

@description('Ids of further subscriptions that hold clusters of the mesh, with commas between them. Rights are given, and events taken, in each of them.')
param clusterSubscriptions string = ''

@description('Whether clusters use Azure RBAC for Kubernetes: then the rights inside them are Azure roles.')
param usesAzureRbac bool = true

@description('E-mail address for alerts; empty: they are seen in the portal only.')
param alertAddress string = ''

@description('Addresses that may reach the vault and the mesh document beside the app, with commas between them. Empty: any may, with a token.')
param operatorAddresses string = ''

@description('The app\'s network; overlapping none that it is to be peered with.')
param addressPrefix string = '10.255.240.0/24'

@description('Instances that are always there for API servers.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 2

@description('The most instances that may run.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@description('Memory of an instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Spreads instances and storage over availability zones, where the region has them.')
param isZoneRedundant bool = false

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionInDays int = 30

@description('Gigabytes of logs a day at which ingestion stops; -1: no limit.')
param dailyCapInGigabytes int = 5

@description('Takes back the vault of an environment that was taken down: purge protection keeps it for 90 days.')
param recoversVault bool = false

@description('False where this subscription has a system topic already: Azure allows one. Then ISTHMUS_SUBSCRIPTION_TOPIC_ID names it.')
param createsSubscriptionTopic bool = true

var abbreviations = loadJsonContent('abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var names = resourceNames(token)
var allowedAddresses = empty(operatorAddresses) ? [] : split(operatorAddresses, ',')
var furtherSubscriptions = empty(clusterSubscriptions) ? [] : split(clusterSubscriptions, ',')
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: '${abbreviations.resourceGroup}isthmus-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: {
    appIdentityName: names.appIdentity
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = {
  scope: group
  params: {
    virtualNetworkName: names.virtualNetwork
    natGatewayName: names.natGateway
    publicIpName: names.publicIp
    securityGroupName: names.securityGroup
    addressPrefix: addressPrefix
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: names.workspace
    applicationInsightsName: names.applicationInsights
    redactionName: names.redaction
    retentionInDays: retentionInDays
    dailyCapInGigabytes: dailyCapInGigabytes
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    hostAccountName: names.hostAccount
    documentAccountName: names.documentAccount
    operatorAddresses: allowedAddresses
    subnetId: network.outputs.subnetId
    isZoneRedundant: isZoneRedundant
    location: location
    tags: tags
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    vaultName: names.vault
    operatorAddresses: allowedAddresses
    subnetId: network.outputs.subnetId
    isRecovered: recoversVault
    workspaceId: monitoring.outputs.workspaceId
    location: location
    tags: tags
  }
}

module topics 'modules/topics.bicep' = {
  scope: group
  params: {
    topicName: names.topic
    vaultTopicName: names.vaultTopic
    documentTopicName: names.documentTopic
    vaultId: vault.outputs.vaultId
    documentAccountId: storage.outputs.documentAccountId
    documentAccountName: names.documentAccount
    workspaceId: monitoring.outputs.workspaceId
    location: location
    tags: tags
  }
}

module subscriptionTopic 'modules/subscription-system-topic.bicep' = if (createsSubscriptionTopic) {
  scope: group
  params: {
    topicName: names.subscriptionTopic
    tags: tags
  }
}

module subscriptionWriter 'modules/dead-letter-writer.bicep' = if (createsSubscriptionTopic) {
  scope: group
  dependsOn: [storage]
  params: {
    documentAccountName: names.documentAccount
    topicId: resourceId(
      subscription().subscriptionId,
      group.name,
      'Microsoft.EventGrid/systemTopics',
      names.subscriptionTopic
    )
    principalId: subscriptionTopic!.outputs.principalId
  }
}

module furtherTopics 'modules/subscription-topic.bicep' = [
  for id in furtherSubscriptions: {
    scope: subscription(id)
    params: {
      groupName: eventGroupName(environmentName)
      topicName: names.subscriptionTopic
      location: location
      tags: tags
    }
  }
]

module furtherWriters 'modules/dead-letter-writer.bicep' = [
  for (id, i) in furtherSubscriptions: {
    scope: group
    dependsOn: [storage]
    params: {
      documentAccountName: names.documentAccount
      topicId: resourceId(
        id,
        eventGroupName(environmentName),
        'Microsoft.EventGrid/systemTopics',
        names.subscriptionTopic
      )
      principalId: furtherTopics[i].outputs.principalId
    }
  }
]

module rights 'modules/rights.bicep' = {
  scope: group
  // It looks for what these make by name alone.
  dependsOn: [monitoring, storage, topics, vault]
  params: {
    appIdentityName: names.appIdentity
    appPrincipalId: identities.outputs.appPrincipalId
    operatorId: operatorId
    operatorType: operatorType
    hostAccountName: names.hostAccount
    documentAccountName: names.documentAccount
    vaultName: names.vault
    topicName: names.topic
    applicationInsightsName: names.applicationInsights
  }
}

module clusterRights 'modules/cluster-rights.bicep' = [
  for id in union([subscription().subscriptionId], furtherSubscriptions): {
    scope: subscription(id)
    params: {
      suffix: token
      principalId: identities.outputs.appPrincipalId
      usesAzureRbac: usesAzureRbac
    }
  }
]

module functions 'modules/functions.bicep' = {
  scope: group
  // Without its rights the host does not start.
  dependsOn: [rights]
  params: {
    planName: names.plan
    appName: names.app
    serviceName: 'functions'
    identityId: identities.outputs.appId
    identityClientId: identities.outputs.appClientId
    hostAccountName: names.hostAccount
    packageContainerUrl: storage.outputs.packageContainerUrl
    subnetId: network.outputs.subnetId
    connectionString: monitoring.outputs.connectionString
    settings: {
      ISTHMUS_MESH_DOCUMENT: '${storage.outputs.meshContainerUrl}/mesh.yaml'
      ISTHMUS_TOPIC_ENDPOINT: topics.outputs.topicEndpoint
      ISTHMUS_VAULT: vault.outputs.vaultUri
    }
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    isZoneRedundant: isZoneRedundant
    location: location
    tags: tags
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  dependsOn: [topics, subscriptionTopic]
  params: {
    alertAddress: alertAddress
    actionGroupName: names.actionGroup
    topicName: names.topic
    systemTopicNames: concat(
      [names.vaultTopic, names.documentTopic],
      createsSubscriptionTopic ? [names.subscriptionTopic] : []
    )
    tags: tags
  }
}

module logAlerts 'modules/log-alerts.bicep' = {
  scope: group
  params: {
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: alerts.outputs.actionGroupId
    location: location
    tags: tags
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    workspaceId: monitoring.outputs.workspaceId
    location: location
    tags: tags
  }
}

// azd keeps these as environment values; hooks and the walk-through of docs/azure.md use them.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output ISTHMUS_APP_NAME string = names.app
output ISTHMUS_EVENT_GROUP string = eventGroupName(environmentName)
output ISTHMUS_DOCUMENT_ACCOUNT string = names.documentAccount
output ISTHMUS_IDENTITY_OBJECT_ID string = identities.outputs.appPrincipalId
output ISTHMUS_MESH_DOCUMENT string = '${storage.outputs.meshContainerUrl}/mesh.yaml'
output ISTHMUS_MESH_NAME string = meshName
output ISTHMUS_OUTBOUND_ADDRESS string = network.outputs.outboundAddress
output ISTHMUS_PUBLIC_URL string = functions.outputs.publicUrl
output ISTHMUS_RESOURCE_TOKEN string = token
output ISTHMUS_TOPIC_ENDPOINT string = topics.outputs.topicEndpoint
output ISTHMUS_VAULT string = vault.outputs.vaultUri
output ISTHMUS_VAULT_NAME string = names.vault
output ISTHMUS_VIRTUAL_NETWORK_ID string = network.outputs.virtualNetworkId
