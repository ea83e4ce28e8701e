metadata description = 'What wakes somebody. docs/on-call.md says for each of these what it means and what to do; a test holds the two together.'

@description('Empty: alerts are seen in the portal only.')
param alertAddress string
param actionGroupName string
param topicName string
param systemTopicNames string[]
param tags object

var everywhere = 'global'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource systemTopics 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = [
  for name in systemTopicNames: { name: name }
]

resource onCall 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: everywhere
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'isthmus'
    emailReceivers: empty(alertAddress)
      ? []
      : [{ name: 'on-call', emailAddress: alertAddress, useCommonAlertSchema: true }]
  }
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'isthmus-dead-letters'
  location: everywhere
  tags: tags
  properties: {
    description: 'Events of Isthmus were given up and lie in the container dead-letters.'
    enabled: true
    severity: 2
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.EventGrid/topics'
          metricName: 'DeadLetteredCount'
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [{ actionGroupId: onCall.id }]
  }
}

resource azureDeadLetters 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for (name, i) in systemTopicNames: {
    name: 'isthmus-dead-letters-${name}'
    location: everywhere
    tags: tags
    properties: {
      description: 'Events of Azure for Isthmus were given up and lie in the container dead-letters.'
      enabled: true
      severity: 2
      scopes: [systemTopics[i].id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: 'dead-letters'
            metricNamespace: 'Microsoft.EventGrid/systemTopics'
            metricName: 'DeadLetteredCount'
            operator: 'GreaterThan'
            threshold: 0
            timeAggregation: 'Total'
          }
        ]
      }
      actions: [{ actionGroupId: onCall.id }]
    }
  }
]

resource dropped 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'isthmus-events-dropped'
  location: everywhere
  tags: tags
  properties: {
    description: 'Events of Isthmus were given up and could not even be kept as dead letters.'
    enabled: true
    severity: 1
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dropped'
          metricNamespace: 'Microsoft.EventGrid/topics'
          metricName: 'DroppedEventCount'
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [{ actionGroupId: onCall.id }]
  }
}

output actionGroupId string = onCall.id
