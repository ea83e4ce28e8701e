metadata description = 'What AKS itself tells of one cluster. Creation, change and deletion are not among it: those are events of the subscription.'

param topicName string
param clusterId string
@description('The cluster\'s: a topic lies where its source lies.')
param location string
param tags object
param functionId string
param documentAccountId string
param documentAccountName string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: clusterId
    topicType: 'Microsoft.ContainerService.ManagedClusters'
  }
}

module writer 'dead-letter-writer.bicep' = {
  params: {
    documentAccountName: documentAccountName
    topicId: topic.id
    principalId: topic.identity.principalId
  }
}

module subscription 'system-topic-subscription.bicep' = {
  // Its dead letters have to find their place.
  dependsOn: [writer]
  params: {
    topicName: topic.name
    name: 'isthmus-cluster-changed'
    functionId: functionId
    eventTypes: [
      'Microsoft.ContainerService.NewKubernetesVersionAvailable'
      'Microsoft.ContainerService.ClusterSupportEnding'
      'Microsoft.ContainerService.ClusterSupportEnded'
      'Microsoft.ContainerService.NodePoolRollingStarted'
      'Microsoft.ContainerService.NodePoolRollingSucceeded'
      'Microsoft.ContainerService.NodePoolRollingFailed'
    ]
    documentAccountId: documentAccountId
  }
}
