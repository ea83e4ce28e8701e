metadata description = 'Names that several modules have to agree about.'

var abbreviations = loadJsonContent('../abbreviations.json')

@export()
var meshContainer = 'mesh'

@export()
var deadLetterContainer = 'dead-letters'

@export()
var packageContainer = 'app-package'

@export()
@description('The resource group in a further subscription, for its events.')
func eventGroupName(environmentName string) string => '${abbreviations.resourceGroup}isthmus-${environmentName}-events'

@export()
@description('The names of an environment\'s resources; the token stands for subscription, environment and region.')
func resourceNames(token string) object => {
  actionGroup: '${abbreviations.actionGroup}isthmus-${token}'
  app: '${abbreviations.functionApp}isthmus-${token}'
  appIdentity: '${abbreviations.managedIdentity}isthmus-${token}'
  applicationInsights: '${abbreviations.applicationInsights}isthmus-${token}'
  clusterTopic: '${abbreviations.eventGridSystemTopic}isthmus'
  documentAccount: '${abbreviations.storageAccount}mesh${token}'
  documentTopic: '${abbreviations.eventGridSystemTopic}isthmus-documents-${token}'
  hostAccount: '${abbreviations.storageAccount}host${token}'
  natGateway: '${abbreviations.natGateway}isthmus-${token}'
  plan: '${abbreviations.plan}isthmus-${token}'
  publicIp: '${abbreviations.publicIp}isthmus-${token}'
  redaction: '${abbreviations.dataCollectionRule}isthmus-${token}'
  securityGroup: '${abbreviations.networkSecurityGroup}isthmus-${token}'
  subscriptionTopic: '${abbreviations.eventGridSystemTopic}isthmus-subscription-${token}'
  topic: '${abbreviations.eventGridTopic}isthmus-${token}'
  vault: '${abbreviations.keyVault}isthmus-${token}'
  vaultTopic: '${abbreviations.eventGridSystemTopic}isthmus-vault-${token}'
  virtualNetwork: '${abbreviations.virtualNetwork}isthmus-${token}'
  workspace: '${abbreviations.logAnalyticsWorkspace}isthmus-${token}'
}
