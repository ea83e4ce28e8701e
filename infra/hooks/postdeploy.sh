#!/bin/sh
# After `azd deploy`: event subscriptions, which want their functions to be there; then the mesh document, whose change has
# the functions register their webhooks in every cluster; then a look at the clusters.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
isthmus() { dotnet run --project "$root/src/Isthmus.Cli" -- "$@"; }

# Azure takes a while to see which functions a package holds.
tries=20
while ! az functionapp function show --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" --name "$ISTHMUS_APP_NAME" \
  --function-name OnServiceChanged --output none 2>/dev/null; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "The app $ISTHMUS_APP_NAME shows no function OnServiceChanged: see its log stream in the portal, then run 'azd hooks run postdeploy'." >&2
    exit 1
  fi
  echo "Waiting for the functions of $ISTHMUS_APP_NAME..."
  sleep 15
done

parameters=$(mktemp)
trap 'rm -f "$parameters"' EXIT
clusters=$(az aks list --subscription "$AZURE_SUBSCRIPTION_ID" --query "[?tags.\"isthmus-mesh\"=='$ISTHMUS_MESH_NAME'].{id:id,location:location}" --output json)
cat >"$parameters" <<JSON
{
  "\$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "resourceToken": { "value": "$ISTHMUS_RESOURCE_TOKEN" },
    "subscriptionTopicId": { "value": "${ISTHMUS_SUBSCRIPTION_TOPIC_ID:-}" },
    "clusters": { "value": $clusters }
  }
}
JSON
az deployment group create --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" --name isthmus-events \
  --template-file "$root/infra/events.bicep" --parameters "@$parameters" --output none
echo "Events reach the functions."

if [ -z "${ISTHMUS_MESH_FILE:-}" ]; then
  echo "No mesh document was pushed: say 'azd env set ISTHMUS_MESH_FILE mesh.yaml' and run 'azd hooks run postdeploy', or use 'isthmus mesh push'."
  exit 0
fi

isthmus mesh push --mesh "$ISTHMUS_MESH_FILE" --blob "$ISTHMUS_MESH_DOCUMENT"
# What it finds is for you to see; the deployment itself is done.
isthmus check --mesh "$ISTHMUS_MESH_DOCUMENT" || echo "isthmus check found something to do, or may not look from here."
