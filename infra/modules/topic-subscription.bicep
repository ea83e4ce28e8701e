metadata description = 'One function\'s share of our own events.'

param topicName string
param name string
param functionId string
param eventTypes string[]
param documentAccountId string

import { deadLetterContainer } from 'names.bicep'
import { delivery } from 'delivery.bicep'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName

  resource subscription 'eventSubscriptions' = {
    name: name
    properties: {
      eventDeliverySchema: delivery.schema
      retryPolicy: delivery.retryPolicy
      destination: {
        endpointType: 'AzureFunction'
        properties: {
          resourceId: functionId
          maxEventsPerBatch: delivery.maxEventsPerBatch
          preferredBatchSizeInKilobytes: delivery.preferredBatchSizeInKilobytes
        }
      }
      filter: { includedEventTypes: eventTypes }
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: { resourceId: documentAccountId, blobContainerName: deadLetterContainer }
        }
      }
    }
  }
}
