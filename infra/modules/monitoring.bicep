metadata description = 'Where logs and metrics go. Nobody gets in by a key.'

param workspaceName string
param applicationInsightsName string
param redactionName string
@minValue(30)
@maxValue(730)
param retentionInDays int
@description('Gigabytes a day at which ingestion stops: a loop in the logs is not to cost a fortune.')
param dailyCapInGigabytes int
param location string
param tags object

// Of transformations' KQL: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql
var webhooks = '/api/clusters/'
var redactedUrl = 'iff(Url contains "${webhooks}", strcat(substring(Url, 0, indexof(tolower(Url), "${webhooks}")), "${webhooks}(redacted)"), Url)'

module workspace 'workspace.bicep' = {
  params: {
    name: workspaceName
    retentionInDays: retentionInDays
    dailyCapInGigabytes: dailyCapInGigabytes
    location: location
    tags: tags
  }
}

// The Functions host writes each request's URL itself, before our code can take the webhook's token out of it.
resource redaction 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: redactionName
  location: location
  tags: tags
  kind: 'WorkspaceTransforms'
  properties: {
    destinations: {
      logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.outputs.id }]
    }
    dataFlows: [
      {
        streams: ['Microsoft-Table-AppRequests']
        destinations: ['workspace']
        transformKql: 'source | extend Url = ${redactedUrl}'
      }
    ]
  }
}

module ruledWorkspace 'workspace.bicep' = {
  params: {
    name: workspaceName
    retentionInDays: retentionInDays
    dailyCapInGigabytes: dailyCapInGigabytes
    ruleId: redaction.id
    location: location
    tags: tags
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: ruledWorkspace.outputs.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

output workspaceId string = ruledWorkspace.outputs.id
output applicationInsightsId string = insights.id
@description('Says where to send to; without a token nothing is taken.')
output connectionString string = insights.properties.ConnectionString
