metadata description = 'Lets a topic write its dead letters, under its own identity: one that is assigned to it does not pass a firewall of the account.'

param documentAccountName string
@description('Tells the assignment from those of other topics; known before the deployment.')
param topicId string
param principalId string

import { deadLetterContainer } from 'names.bicep'
import { builtInRoles } from 'roles.bicep'

resource documents 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: documentAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' existing = {
      name: deadLetterContainer
    }
  }
}

resource writer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(documents::blobs::deadLetters.id, topicId, builtInRoles.storageBlobDataContributor)
  scope: documents::blobs::deadLetters
  properties: {
    description: 'events-dead-letters'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.storageBlobDataContributor
    )
  }
}
