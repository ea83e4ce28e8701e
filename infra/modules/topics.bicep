metadata description = 'What events come from. Who gets them stands in events.bicep, which is deployed once the functions are there.'

param topicName string
param vaultTopicName string
param documentTopicName string
param vaultId string
param documentAccountId string
param documentAccountName string
param workspaceId string
param location string
param tags object

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
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
  identity: { type: 'SystemAssigned' }
  properties: {
    source: vaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource documentTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: documentTopicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: documentAccountId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

module topicWriter 'dead-letter-writer.bicep' = {
  params: {
    documentAccountName: documentAccountName
    topicId: topic.id
    principalId: topic.identity.principalId
  }
}

module vaultTopicWriter 'dead-letter-writer.bicep' = {
  params: {
    documentAccountName: documentAccountName
    topicId: vaultTopic.id
    principalId: vaultTopic.identity.principalId
  }
}

module documentTopicWriter 'dead-letter-writer.bicep' = {
  params: {
    documentAccountName: documentAccountName
    topicId: documentTopic.id
    principalId: documentTopic.identity.principalId
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
