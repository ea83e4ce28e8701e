metadata description = 'One page that shows how the mesh is: runs, injection, gateways, the CA, what was lost.'

param applicationInsightsId string
param workspaceId string
param location string
param tags object

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'isthmus-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Isthmus'
    category: 'workbook'
    sourceId: applicationInsightsId
    version: 'Notebook/1.0'
    serializedData: replace(loadTextContent('workbook.json'), '{workspace}', workspaceId)
  }
}
