metadata description = 'What events come from. Who gets them stands in events.bicep, which is deployed once the functions are there.'

param topicName string
param vaultTopicName string
param documentTopicName string
param vaultId string
param documentAccountId string
@description('By which dead letters are written.')
param identityId string
param workspaceId string
param location string
param tags object

var identity = {
  type: 'UserAssigned'
  userAssignedIdentities: { '${identityId}': {} }
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: identity
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource vaultTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: vaultTopicName
  location: location
  tags: tags
  identity: identity
  properties: {
    source: vaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource documentTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: documentTopicName
  location: location
  tags: tags
  identity: identity
  properties: {
    source: documentAccountId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

// No version of this type that takes what follows has left preview.
#disable-next-line use-recent-api-versions
resource failures 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'failures'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }, { category: 'PublishFailures', enabled: true }]
  }
}

output topicEndpoint string = topic.properties.endpoint
