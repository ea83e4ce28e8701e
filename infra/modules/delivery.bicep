metadata description = 'How events are delivered, whosever they are.'

@export()
var delivery = {
  schema: 'CloudEventSchemaV1_0'
  // One event a call: in a batch, one that fails would bring all the others back.
  maxEventsPerBatch: 1
  preferredBatchSizeInKilobytes: 64
  // Event Grid's own patience: 30 attempts within a day, then it is a dead letter.
  retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
}
