metadata description = 'What wakes somebody, out of the app\'s own metrics. docs/on-call.md says for each of these what it means and what to do.'

param workspaceId string
param actionGroupId string
param location string
param tags object

type alertType = {
  @description('A heading of docs/on-call.md.')
  name: string
  description: string
  severity: int
  query: string
  windowSize: string
  evaluationFrequency: string
  @description('How many evaluations in a row have to find something.')
  periods: int
  @description('Columns by which each value has an alert of its own.')
  splitBy: string[]
}

var alerts alertType[] = [
  {
    name: 'isthmus-silent'
    description: 'No full run of Isthmus ended for an hour, well or not.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == 'isthmus.run.duration' and tostring(Properties.kind) == 'resync'
      | summarize runs = count()
      | where runs == 0
    '''
    windowSize: 'PT1H'
    evaluationFrequency: 'PT15M'
    periods: 1
    splitBy: []
  }
  {
    name: 'isthmus-runs-failing'
    description: 'Every run of this kind failed for an hour: at least one cluster, or the vault, or the mesh document is not as it should be.'
    severity: 2
    query: '''
      AppMetrics
      | where Name == 'isthmus.run.duration'
      | extend run = tostring(Properties.kind), outcome = tostring(Properties.outcome)
      | where run in ('resync', 'trust', 'gateways')
      | summarize failed = sumif(ItemCount, outcome == 'failed'), succeeded = sumif(ItemCount, outcome == 'succeeded') by run
      | where failed > 0 and succeeded == 0
    '''
    windowSize: 'PT1H'
    evaluationFrequency: 'PT15M'
    periods: 1
    splitBy: ['run']
  }
  {
    name: 'isthmus-event-runs-failing'
    description: 'More than a fifth of the runs that events ask for fail: names and clusters are behind what they should be.'
    severity: 3
    query: '''
      AppMetrics
      | where Name == 'isthmus.run.duration'
      | extend run = tostring(Properties.kind), outcome = tostring(Properties.outcome)
      | where run !in ('resync', 'trust', 'gateways')
      | summarize failed = sumif(ItemCount, outcome == 'failed'), total = sum(ItemCount) by run
      | where failed >= 5 and failed * 5 > total
    '''
    windowSize: 'PT15M'
    evaluationFrequency: 'PT5M'
    periods: 2
    splitBy: ['run']
  }
  {
    name: 'isthmus-ca-ends-soon'
    description: 'The intermediate CA, or a root that it leads to, ends within 30 days.'
    severity: 2
    query: '''
      AppMetrics
      | where Name == 'isthmus.ca.remaining'
      | summarize seconds = min(Min) by certificate = tostring(Properties.certificate)
      | where seconds < 30 * 86400
    '''
    windowSize: 'PT6H'
    evaluationFrequency: 'PT1H'
    periods: 1
    splitBy: ['certificate']
  }
  {
    name: 'isthmus-gateway-down'
    description: 'A cluster\'s gateway answered once and does not any more; its share of the traffic goes to other exporters where there are any.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == 'isthmus.gateway.down'
      | summarize arg_max(TimeGenerated, Max) by cluster = tostring(Properties.cluster)
      | where Max > 0
    '''
    windowSize: 'PT10M'
    evaluationFrequency: 'PT5M'
    periods: 1
    splitBy: ['cluster']
  }
  {
    name: 'isthmus-injection-failing'
    description: 'More than a twentieth of a cluster\'s pods could not be injected.'
    severity: 1
    query: '''
      AppMetrics
      | where Name in ('sidecar_injection_failure_total', 'sidecar_injection_requests_total')
      | summarize failed = sumif(Sum, Name == 'sidecar_injection_failure_total'), total = sumif(Sum, Name == 'sidecar_injection_requests_total')
          by cluster = tostring(Properties.cluster)
      | where failed >= 5 and failed * 20 > total
    '''
    windowSize: 'PT15M'
    evaluationFrequency: 'PT5M'
    periods: 1
    splitBy: ['cluster']
  }
  {
    name: 'isthmus-events-lost'
    description: 'Changes in a cluster could not be told to the topic; the next full run finds them.'
    severity: 3
    query: '''
      AppMetrics
      | where Name == 'isthmus.events.lost'
      | summarize lost = sum(Sum) by cluster = tostring(Properties.cluster)
      | where lost > 0
    '''
    windowSize: 'PT15M'
    evaluationFrequency: 'PT15M'
    periods: 2
    splitBy: ['cluster']
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in alerts: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.evaluationFrequency
      windowSize: alert.windowSize
      autoMitigate: true
      // The metrics' columns are there once the app has sent some.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: map(alert.splitBy, column => { name: column, operator: 'Include', values: ['*'] })
            failingPeriods: {
              numberOfEvaluationPeriods: alert.periods
              minFailingPeriodsToAlert: alert.periods
            }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
