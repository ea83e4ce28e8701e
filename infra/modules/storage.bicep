metadata description = 'Two accounts: the host\'s own, and one for the mesh document and dead letters, so that the app can write what it runs on but not what it is told.'

param hostAccountName string
param documentAccountName string
@description('Addresses that may reach documents and dead letters; where there are none, any address may, with a token.')
param operatorAddresses string[]
param subnetId string
param isZoneRedundant bool
param location string
param tags object

import { meshContainer, deadLetterContainer, packageContainer } from 'names.bicep'

var sku = isZoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
var closed = {
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  publicNetworkAccess: 'Enabled'
  supportsHttpsTrafficOnly: true
}

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: union(closed, { networkAcls: { defaultAction: 'Allow', bypass: 'AzureServices' } })

  resource blobs 'blobServices' = {
    name: 'default'

    resource packages 'containers' = {
      name: packageContainer
      properties: { publicAccess: 'None' }
    }
  }
}

resource documents 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: documentAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: union(closed, {
    networkAcls: {
      defaultAction: empty(operatorAddresses) ? 'Allow' : 'Deny'
      // Event Grid is among these, and comes with an identity.
      bypass: 'AzureServices'
      ipRules: map(operatorAddresses, address => { action: 'Allow', value: address })
      virtualNetworkRules: [{ action: 'Allow', id: subnetId }]
    }
  })

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A document that was overwritten or deleted can be had again.
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: 30 }
      containerDeleteRetentionPolicy: { enabled: true, days: 30 }
    }

    resource mesh 'containers' = {
      name: meshContainer
      properties: { publicAccess: 'None' }
    }

    resource deadLetters 'containers' = {
      name: deadLetterContainer
      properties: { publicAccess: 'None' }
    }
  }
}

output packageContainerUrl string = '${host.properties.primaryEndpoints.blob}${packageContainer}'
output documentAccountId string = documents.id
output meshContainerUrl string = '${documents.properties.primaryEndpoints.blob}${meshContainer}'
