using '../events.bicep'

param resourceToken = 'e4xrjisk6be6s'
param eventGroupName = 'rg-isthmus-prod-events'
param clusterSubscriptions = '33333333-3333-3333-3333-333333333333'
param clusters = [
  {
    id: '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/clusters/providers/Microsoft.ContainerService/managedClusters/east'
    location: 'northeurope'
  }
]
