metadata description = 'Where logs and metrics go. Nobody gets in by a key.'

param workspaceName string
param applicationInsightsName string
@minValue(30)
@maxValue(730)
param retentionInDays int
@description('Gigabytes a day at which ingestion stops: a loop in the logs is not to cost a fortune.')
param dailyCapInGigabytes int
param location string
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    workspaceCapping: { dailyQuotaGb: dailyCapInGigabytes }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

output workspaceId string = workspace.id
output applicationInsightsId string = insights.id
@description('Says where to send to; without a token nothing is taken.')
output connectionString string = insights.properties.ConnectionString
