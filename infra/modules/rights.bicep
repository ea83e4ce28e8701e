metadata description = 'Who may do what in the resource group. Each assignment has its reason in docs/azure.md; a test holds the two together.'

@description('A name in the assignments\' names: what is not known before the deployment must not be part of those.')
param appIdentityName string
param appPrincipalId string
@description('Object id of whoever sets Isthmus up; empty: nobody gets the rights of an operator.')
param operatorId string
param operatorType 'Group' | 'ServicePrincipal' | 'User'
param hostAccountName string
param documentAccountName string
param vaultName string
param topicName string
param applicationInsightsName string

import { meshContainer, deadLetterContainer } from 'names.bicep'
import { builtInRoles } from 'roles.bicep'

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource documents 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: documentAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource mesh 'containers' existing = {
      name: meshContainer
    }

    resource deadLetters 'containers' existing = {
      name: deadLetterContainer
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource appHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, appIdentityName, builtInRoles.storageBlobDataOwner)
  scope: host
  properties: {
    description: 'app-host-storage'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.storageBlobDataOwner
    )
  }
}

// Anything in the container is read; what is written lies beside the mesh document and is named after it (docs/azure-settings.md).
var changesOfBlobs = [
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action'
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'
]
var isNoChange = join(map(changesOfBlobs, action => '!(ActionMatches{\'${action}\'})'), ' AND ')

resource appMesh 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(documents::blobs::mesh.id, appIdentityName, builtInRoles.storageBlobDataContributor)
  scope: documents::blobs::mesh
  properties: {
    description: 'app-mesh-document'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.storageBlobDataContributor
    )
    conditionVersion: '2.0'
    condition: '((${isNoChange}) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringLike \'mesh.yaml.*\'))'
  }
}

resource appSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appIdentityName, builtInRoles.keyVaultSecretsUser)
  scope: vault
  properties: {
    description: 'app-vault-secrets'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.keyVaultSecretsUser
    )
  }
}

resource appCertificates 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appIdentityName, builtInRoles.keyVaultCertificateUser)
  scope: vault
  properties: {
    description: 'app-vault-certificates'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.keyVaultCertificateUser
    )
  }
}

resource appTopic 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(topic.id, appIdentityName, builtInRoles.eventGridDataSender)
  scope: topic
  properties: {
    description: 'app-topic'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.eventGridDataSender
    )
  }
}

resource appTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appIdentityName, builtInRoles.monitoringMetricsPublisher)
  scope: insights
  properties: {
    description: 'app-telemetry'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.monitoringMetricsPublisher
    )
  }
}

// At the resource group, since a zone is made when the first service of its namespace is exported.
resource appPrivateDns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, appIdentityName, builtInRoles.privateDnsZoneContributor)
  properties: {
    description: 'app-private-dns'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.privateDnsZoneContributor
    )
  }
}

resource operatorMesh 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(documents::blobs::mesh.id, operatorId, builtInRoles.storageBlobDataContributor)
  scope: documents::blobs::mesh
  properties: {
    description: 'operator-mesh-document'
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.storageBlobDataContributor
    )
  }
}

resource operatorDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(documents::blobs::deadLetters.id, operatorId, builtInRoles.storageBlobDataContributor)
  scope: documents::blobs::deadLetters
  properties: {
    description: 'operator-dead-letters'
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.storageBlobDataContributor
    )
  }
}

resource operatorTopic 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(topic.id, operatorId, builtInRoles.eventGridDataSender)
  scope: topic
  properties: {
    description: 'operator-topic'
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.eventGridDataSender
    )
  }
}

resource operatorSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(vault.id, operatorId, builtInRoles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    description: 'operator-vault-secrets'
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.keyVaultSecretsOfficer
    )
  }
}

resource operatorCertificates 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(vault.id, operatorId, builtInRoles.keyVaultCertificatesOfficer)
  scope: vault
  properties: {
    description: 'operator-vault-certificates'
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.keyVaultCertificatesOfficer
    )
  }
}
