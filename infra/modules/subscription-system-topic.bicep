metadata description = 'What happens to the resources of this subscription.'

param topicName string
param tags object

// Events of a subscription belong to no region.
var everywhere = 'global'

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: everywhere
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
  }
}

@description('Writes dead letters.')
output principalId string = topic.identity.principalId
