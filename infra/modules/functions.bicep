metadata description = 'The functions, on Flex Consumption: they scale with the calls of API servers, and some instances are always there for them.'

param planName string
param appName string
@description('The name of the service in azure.yaml, by which azd finds where its code belongs.')
param serviceName string
param identityId string
param identityClientId string
param hostAccountName string
param packageContainerUrl string
param subnetId string
param connectionString string
@description('The app\'s own settings; those of the Functions host are added to them.')
param settings object
@minValue(0)
param alwaysReadyInstances int
@minValue(40)
@maxValue(1000)
param maximumInstances int
@allowed([512, 2048, 4096])
param instanceMemoryMB int
param isZoneRedundant bool
param location string
param tags object

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: isZoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  tags: { ...tags, 'azd-service-name': serviceName }
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        // HTTP functions scale as one group. A Pod waits for injection, so nobody waits for an instance to start.
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: instanceMemoryMB
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString
      AZURE_CLIENT_ID: identityClientId
      AzureWebJobsStorage__accountName: hostAccountName
      AzureWebJobsStorage__clientId: identityClientId
      AzureWebJobsStorage__credential: 'managedidentity'
      ISTHMUS_PUBLIC_URL: 'https://${app.properties.defaultHostName}'
    })
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noDeploymentPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output appId string = app.id
output publicUrl string = 'https://${app.properties.defaultHostName}'
