metadata description = 'The mesh\'s CA and the key of the webhooks\' tokens.'

param vaultName string
@description('Addresses that may reach the vault beside the app; where there are none, any address may, with a token.')
param operatorAddresses string[]
param subnetId string
@description('Takes back a vault of this name that was deleted; purge protection keeps it for 90 days.')
param isRecovered bool
param workspaceId string
param location string
param tags object

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    createMode: isRecovered ? 'recover' : 'default'
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: empty(operatorAddresses) ? 'Allow' : 'Deny'
      bypass: 'AzureServices'
      ipRules: [for address in operatorAddresses: { value: address }]
      virtualNetworkRules: [{ id: subnetId }]
    }
  }
}

// No version of this type that takes what follows has left preview.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

output vaultId string = vault.id
output vaultUri string = vault.properties.vaultUri
