targetScope = 'subscription'

metadata description = 'What Isthmus may do with the clusters of one subscription: find and read them, and within them what infra/clusterrole.yaml says.'

@description('Tells the roles of several environments in one tenant apart.')
param suffix string
param principalId string
@description('Whether clusters of this subscription use Azure RBAC for Kubernetes. Elsewhere infra/clusterrole.yaml is bound to the identity.')
param usesAzureRbac bool

resource clusterReader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, suffix, 'isthmus-cluster-reader')
  properties: {
    roleName: 'Isthmus cluster reader (${suffix}, ${subscription().subscriptionId})'
    description: 'Finds the clusters of a mesh, reads their ranges and networks, gets their API server\'s address and CA, and links private DNS zones to their networks.'
    type: 'CustomRole'
    assignableScopes: [subscription().id]
    permissions: [
      {
        actions: [
          'Microsoft.ContainerService/managedClusters/read'
          'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'
          'Microsoft.Network/virtualNetworks/read'
          'Microsoft.Network/virtualNetworks/join/action'
          'Microsoft.ResourceGraph/resources/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}

// The words of infra/clusterrole.yaml in Azure's; a test holds the two together. What no word exists for is a custom resource there.
resource kubernetes 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (usesAzureRbac) {
  name: guid(subscription().id, suffix, 'isthmus-kubernetes')
  properties: {
    roleName: 'Isthmus in clusters (${suffix}, ${subscription().subscriptionId})'
    description: 'What Isthmus does inside a cluster with Azure RBAC for Kubernetes. The built-in roles do not cover custom resources, such as ServiceEntries.'
    type: 'CustomRole'
    assignableScopes: [subscription().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.ContainerService/managedClusters/customresources/*'
          'Microsoft.ContainerService/managedClusters/configmaps/*'
          'Microsoft.ContainerService/managedClusters/endpoints/read'
          'Microsoft.ContainerService/managedClusters/events/*'
          'Microsoft.ContainerService/managedClusters/namespaces/*'
          'Microsoft.ContainerService/managedClusters/nodes/read'
          'Microsoft.ContainerService/managedClusters/pods/read'
          'Microsoft.ContainerService/managedClusters/replicationcontrollers/read'
          'Microsoft.ContainerService/managedClusters/secrets/*'
          'Microsoft.ContainerService/managedClusters/serviceaccounts/read'
          'Microsoft.ContainerService/managedClusters/serviceaccounts/write'
          'Microsoft.ContainerService/managedClusters/serviceaccounts/delete'
          'Microsoft.ContainerService/managedClusters/services/*'
          'Microsoft.ContainerService/managedClusters/admissionregistration.k8s.io/mutatingwebhookconfigurations/*'
          'Microsoft.ContainerService/managedClusters/admissionregistration.k8s.io/validatingwebhookconfigurations/*'
          'Microsoft.ContainerService/managedClusters/apiextensions.k8s.io/customresourcedefinitions/read'
          'Microsoft.ContainerService/managedClusters/apps/deployments/*'
          'Microsoft.ContainerService/managedClusters/apps/replicasets/read'
          'Microsoft.ContainerService/managedClusters/authentication.k8s.io/tokenreviews/write'
          'Microsoft.ContainerService/managedClusters/authorization.k8s.io/subjectaccessreviews/write'
          'Microsoft.ContainerService/managedClusters/discovery.k8s.io/endpointslices/read'
          'Microsoft.ContainerService/managedClusters/policy/poddisruptionbudgets/*'
          'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterrolebindings/read'
          'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterrolebindings/write'
          'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterrolebindings/delete'
          'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterroles/read'
          'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterroles/write'
          'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterroles/delete'
        ]
        notDataActions: []
      }
    ]
  }
}

resource readsClusters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, suffix, clusterReader.id)
  properties: {
    description: 'app-cluster-reader'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: clusterReader.id
  }
}

resource worksInClusters 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (usesAzureRbac) {
  name: guid(subscription().id, suffix, kubernetes.id)
  properties: {
    description: 'app-kubernetes'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: kubernetes.id
  }
}
