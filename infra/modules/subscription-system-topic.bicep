metadata description = 'What happens to the resources of this subscription.'

param topicName string
@description('By which dead letters are written.')
param identityId string
param tags object

// Events of a subscription belong to no region.
var everywhere = 'global'

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: everywhere
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
  }
}
