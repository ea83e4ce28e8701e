metadata description = 'The Log Analytics workspace. It is deployed twice: the rule that it takes logs by can only name a workspace that is there.'

param name string
param retentionInDays int
param dailyCapInGigabytes int
@description('The rule that changes what comes in before it is stored; empty while there is none.')
param ruleId string = ''
param location string
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
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
    defaultDataCollectionRuleResourceId: empty(ruleId) ? null : ruleId
  }
}

output id string = workspace.id
