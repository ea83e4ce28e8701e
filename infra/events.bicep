metadata name = 'Events of Isthmus'
metadata description = 'Who gets which events. Deployed once the functions are there: a function that does not exist yet is refused as destination.'

import { resourceNames } from 'modules/names.bicep'

@description('The token in the resources\' names: ISTHMUS_RESOURCE_TOKEN of the azd environment.')
param resourceToken string

@description('Id of the subscription\'s system topic where it is not ours. It needs a system-assigned identity that may write to the container of dead letters.')
param subscriptionTopicId string = ''

@description('Ids of further subscriptions with clusters, with commas between them, and the resource group in each that holds its topic.')
param clusterSubscriptions string = ''
param eventGroupName string

@description('AKS clusters whose own events (versions, node pools) are wanted: their ids and regions.')
param clusters clusterType[] = []

type clusterType = {
  id: string
  location: string
}

var names = resourceNames(resourceToken)
// AzureEvents.ClusterOperations; a test holds the two together.
var clusterOperations = [
  'Microsoft.ContainerService/managedClusters/write'
  'Microsoft.ContainerService/managedClusters/delete'
  'Microsoft.ContainerService/managedClusters/start/action'
  'Microsoft.ContainerService/managedClusters/stop/action'
  'Microsoft.ContainerService/managedClusters/rotateClusterCertificates/action'
  'Microsoft.ContainerService/managedClusters/agentPools/write'
  'Microsoft.ContainerService/managedClusters/agentPools/delete'
  'Microsoft.Kubernetes/connectedClusters/write'
  'Microsoft.Kubernetes/connectedClusters/delete'
]
var resourceEvents = [
  'Microsoft.Resources.ResourceWriteSuccess'
  'Microsoft.Resources.ResourceDeleteSuccess'
  'Microsoft.Resources.ResourceActionSuccess'
]

resource documents 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.documentAccount
}

module services 'modules/topic-subscription.bicep' = {
  params: {
    documentAccountId: documents.id
    topicName: names.topic
    name: 'service-changed'
    functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnServiceChanged')
    eventTypes: ['dev.isthmus.service.changed']
  }
}

module ownClusters 'modules/topic-subscription.bicep' = {
  params: {
    documentAccountId: documents.id
    topicName: names.topic
    name: 'cluster-changed'
    functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnClusterChanged')
    eventTypes: ['dev.isthmus.cluster.changed']
  }
}

module certificates 'modules/system-topic-subscription.bicep' = {
  params: {
    documentAccountId: documents.id
    topicName: names.vaultTopic
    name: 'isthmus-certificate-changed'
    functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnCertificateChanged')
    eventTypes: [
      'Microsoft.KeyVault.CertificateNewVersionCreated'
      'Microsoft.KeyVault.CertificateNearExpiry'
      'Microsoft.KeyVault.CertificateExpired'
      'Microsoft.KeyVault.SecretNewVersionCreated'
      'Microsoft.KeyVault.SecretNearExpiry'
      'Microsoft.KeyVault.SecretExpired'
    ]
  }
}

module document 'modules/system-topic-subscription.bicep' = {
  params: {
    documentAccountId: documents.id
    topicName: names.documentTopic
    name: 'isthmus-document-changed'
    functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnClusterChanged')
    eventTypes: ['Microsoft.Storage.BlobCreated']
    // Not what the app keeps beside it.
    subjectBeginsWith: '/blobServices/default/containers/mesh/blobs/'
    subjectEndsWith: '/blobs/mesh.yaml'
  }
}

// Every write, delete and action in the subscription is an event of these types, our own calls to ARM among them (zones, records, links,
// credentials), so the operation decides.
module resources 'modules/system-topic-subscription.bicep' = {
  scope: resourceGroup(
    empty(subscriptionTopicId) ? subscription().subscriptionId : split(subscriptionTopicId, '/')[2],
    empty(subscriptionTopicId) ? resourceGroup().name : split(subscriptionTopicId, '/')[4]
  )
  params: {
    documentAccountId: documents.id
    topicName: empty(subscriptionTopicId) ? names.subscriptionTopic : last(split(subscriptionTopicId, '/'))
    name: 'isthmus-${resourceToken}'
    functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnClusterChanged')
    eventTypes: resourceEvents
    operations: clusterOperations
  }
}

module furtherResources 'modules/system-topic-subscription.bicep' = [
  for id in empty(clusterSubscriptions) ? [] : split(clusterSubscriptions, ','): {
    scope: resourceGroup(id, eventGroupName)
    params: {
      documentAccountId: documents.id
      topicName: names.subscriptionTopic
      name: 'isthmus-${resourceToken}'
      functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnClusterChanged')
      eventTypes: resourceEvents
      operations: clusterOperations
    }
  }
]

module clusterEvents 'modules/cluster-events.bicep' = [
  for cluster in clusters: {
    params: {
      documentAccountId: documents.id
      documentAccountName: documents.name
      functionId: resourceId('Microsoft.Web/sites/functions', names.app, 'OnClusterChanged')
      topicName: '${names.clusterTopic}-${uniqueString(cluster.id)}'
      clusterId: cluster.id
      location: cluster.location
      tags: resourceGroup().tags
    }
  }
]
