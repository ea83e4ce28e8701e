using '../main.bicep'

// What the test walks: every condition on.
param environmentName = 'prod'
param location = 'westeurope'
param operatorId = '11111111-1111-1111-1111-111111111111'
param operatorType = 'Group'
param meshName = 'prod'
param clusterSubscriptions = '33333333-3333-3333-3333-333333333333'
param alertAddress = 'on-call@example.com'
param operatorAddresses = '203.0.113.7'
