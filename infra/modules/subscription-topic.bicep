targetScope = 'subscription'

metadata description = 'The events of a further subscription with clusters, in a resource group of its own there: a system topic lies in its source\'s subscription.'

param groupName string
param topicName string
param location string
param tags object

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: groupName
  location: location
  tags: tags
}

module topic 'subscription-system-topic.bicep' = {
  scope: group
  params: {
    topicName: topicName
    tags: tags
  }
}

@description('Writes dead letters.')
output principalId string = topic.outputs.principalId
