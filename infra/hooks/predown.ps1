# Before `azd down`, which removes the resource group and nothing else: the roles that lie in subscriptions, and the groups
# for events in further ones.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

Write-Host "Clusters that have not left the mesh keep what Isthmus made in them, and go on with it (docs/on-call.md, 'Leaving Isthmus')."
foreach ($subscription in "$env:ISTHMUS_CLUSTER_SUBSCRIPTIONS".Split(',', [System.StringSplitOptions]::RemoveEmptyEntries)) {
    if ("$(az group exists --subscription $subscription --name $env:ISTHMUS_EVENT_GROUP)".Trim() -eq 'true') {
        az group delete --subscription $subscription --name $env:ISTHMUS_EVENT_GROUP --yes
    }
}
$subscriptions = "$env:AZURE_SUBSCRIPTION_ID,$env:ISTHMUS_CLUSTER_SUBSCRIPTIONS".Split(',', [System.StringSplitOptions]::RemoveEmptyEntries)
foreach ($subscription in $subscriptions) {
    $scope = "/subscriptions/$subscription"
    $roles = az role definition list --custom-role-only true --subscription $subscription --scope $scope --output json | ConvertFrom-Json |
        Where-Object { $_.roleName.Contains("($env:ISTHMUS_RESOURCE_TOKEN, $subscription)") }
    foreach ($role in $roles) {
        $assignments = az role assignment list --subscription $subscription --scope $scope --role $role.name --output json | ConvertFrom-Json
        foreach ($assignment in $assignments) {
            az role assignment delete --ids $assignment.id
        }
        az role definition delete --name $role.name --subscription $subscription --scope $scope
        Write-Host "Removed a role of Isthmus from $scope. If you keep the environment after all, run 'azd provision'."
    }
}
