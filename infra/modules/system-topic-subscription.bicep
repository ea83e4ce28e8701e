metadata description = 'One function\'s share of Azure\'s own events.'

param topicName string
param name string
param functionId string
param eventTypes string[]
@description('Only events about what begins so; empty: any.')
param subjectBeginsWith string = ''
@description('Only events about what ends so; empty: any.')
param subjectEndsWith string = ''
@description('Only events of these operations of Resource Manager; empty: any.')
param operations string[] = []
param documentAccountId string

import { deadLetterContainer } from 'names.bicep'
import { delivery } from 'delivery.bicep'

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
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
      filter: {
        includedEventTypes: eventTypes
        subjectBeginsWith: subjectBeginsWith
        subjectEndsWith: subjectEndsWith
        advancedFilters: empty(operations)
          ? []
          : [{ key: 'data.operationName', operatorType: 'StringIn', values: operations }]
      }
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
