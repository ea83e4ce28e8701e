using '../events.bicep'

param resourceToken = 'e4xrjisk6be6s'
param clusters = [
  {
    id: '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/clusters/providers/Microsoft.ContainerService/managedClusters/east'
    location: 'northeurope'
  }
]
