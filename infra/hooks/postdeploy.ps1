# After `azd deploy`: event subscriptions, which want their functions to be there; then the mesh document, whose change has
# the functions register their webhooks in every cluster; then a look at the clusters.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

$root = Split-Path (Split-Path $PSScriptRoot)
function isthmus { dotnet run --project (Join-Path $root 'src/Isthmus.Cli') -- @args }

# Azure takes a while to see which functions a package holds.
$tries = 20
while ($true) {
    az functionapp function show --subscription $env:AZURE_SUBSCRIPTION_ID --resource-group $env:AZURE_RESOURCE_GROUP --name $env:ISTHMUS_APP_NAME `
        --function-name OnServiceChanged --output none 2>$null
    if ($LASTEXITCODE -eq 0) { break }
    $tries--
    if ($tries -eq 0) {
        throw "The app $env:ISTHMUS_APP_NAME shows no function OnServiceChanged: see its log stream in the portal, then run 'azd hooks run postdeploy'."
    }
    Write-Host "Waiting for the functions of $env:ISTHMUS_APP_NAME..."
    Start-Sleep -Seconds 15
}

$found = az aks list --subscription $env:AZURE_SUBSCRIPTION_ID --output json
if ($LASTEXITCODE -ne 0) { throw 'The clusters could not be listed.' }
# Azure allows one system topic a cluster. Where somebody else has it, the next full run finds what AKS would have told.
$topics = az eventgrid system-topic list --subscription $env:AZURE_SUBSCRIPTION_ID --output json
if ($LASTEXITCODE -ne 0) { throw 'The system topics could not be listed.' }
$taken = @($topics | ConvertFrom-Json | Where-Object { $_.resourceGroup -ne $env:AZURE_RESOURCE_GROUP } | ForEach-Object { $_.source })
$clusters = @($found | ConvertFrom-Json | Where-Object { $_.tags.'isthmus-mesh' -eq $env:ISTHMUS_MESH_NAME } | ForEach-Object {
        if ($taken -contains $_.id) { Write-Host "AKS's own events of $($_.id) stay with the system topic that it has." }
        else { @{ id = $_.id; location = $_.location } }
    })
$parameters = @{
    '$schema'      = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'
    contentVersion = '1.0.0.0'
    parameters     = @{
        resourceToken        = @{ value = $env:ISTHMUS_RESOURCE_TOKEN }
        subscriptionTopicId  = @{ value = "$env:ISTHMUS_SUBSCRIPTION_TOPIC_ID" }
        eventGroupName       = @{ value = $env:ISTHMUS_EVENT_GROUP }
        clusterSubscriptions = @{ value = "$env:ISTHMUS_CLUSTER_SUBSCRIPTIONS" }
        clusters             = @{ value = $clusters }
    }
}
$file = New-TemporaryFile
try {
    ConvertTo-Json $parameters -Depth 8 | Set-Content $file
    # The right of a topic that was just made to write its dead letters takes some minutes to hold, and Event Grid tries it.
    $tries = 5
    while ($true) {
        az deployment group create --subscription $env:AZURE_SUBSCRIPTION_ID --resource-group $env:AZURE_RESOURCE_GROUP --name isthmus-events `
            --template-file (Join-Path $root 'infra/events.bicep') --parameters "@$file" --output none
        if ($LASTEXITCODE -eq 0) { break }
        $tries--
        if ($tries -eq 0) { throw "The event subscriptions could not be made: see above, then run 'azd hooks run postdeploy'." }
        Write-Host 'Waiting for the rights of topics...'
        Start-Sleep -Seconds 60
    }
}
finally {
    Remove-Item $file
}
Write-Host 'Events reach the functions.'

$document = $env:ISTHMUS_MESH_FILE
$first = $null
if (-not $document) {
    $exists = az storage blob exists --auth-mode login --account-name $env:ISTHMUS_DOCUMENT_ACCOUNT `
        --container-name mesh --name mesh.yaml --query exists --output tsv
    if ($LASTEXITCODE -ne 0) { throw 'Whether there is a mesh document could not be seen.' }
    if ("$exists".Trim() -eq 'false') {
        # The first one: clusters join by a tag. 'isthmus mesh pull' brings it to where it is kept from here on.
        $subscriptions = @($env:AZURE_SUBSCRIPTION_ID) + @("$env:ISTHMUS_CLUSTER_SUBSCRIPTIONS".Split(',', [System.StringSplitOptions]::RemoveEmptyEntries))
        $first = New-TemporaryFile
        $document = $first.FullName
        Set-Content $document @"
apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: $env:ISTHMUS_MESH_NAME, generation: 1}
spec:
  discovery: {subscriptions: [$($subscriptions -join ', ')]}
  clusters: []
"@
    }
}
if ($document) {
    isthmus mesh push --mesh $document --blob $env:ISTHMUS_MESH_DOCUMENT
    $pushed = $LASTEXITCODE
    if ($first) { Remove-Item $first }
    if ($pushed -ne 0) { throw "The mesh document $document was not pushed." }
}
# What it finds is for you to see; the deployment itself is done.
isthmus check --mesh $env:ISTHMUS_MESH_DOCUMENT
if ($LASTEXITCODE -ne 0) { Write-Host 'isthmus check found something to do, or may not look from here.' }
exit 0
