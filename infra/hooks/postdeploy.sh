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

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
parameters=$scratch/parameters.json
found=$(az aks list --subscription "$AZURE_SUBSCRIPTION_ID" --query "[?tags.\"isthmus-mesh\"=='$ISTHMUS_MESH_NAME'].[id,location]" --output tsv)
# Azure allows one system topic a cluster. Where somebody else has it, the next full run finds what AKS would have told.
topics=$(az eventgrid system-topic list --subscription "$AZURE_SUBSCRIPTION_ID" --query '[].[resourceGroup,source]' --output tsv)
taken=$(printf '%s\n' "$topics" | awk -v own="$AZURE_RESOURCE_GROUP" 'tolower($1) != tolower(own) { print $2 }')
clusters=$(printf '%s\n' "$found" | while read -r id location; do
  if [ -n "$id" ] && printf '%s\n' "$taken" | grep -qixF "$id"; then
    echo "AKS's own events of $id stay with the system topic that it has." >&2
  elif [ -n "$id" ]; then
    printf '{"id": "%s", "location": "%s"}\n' "$id" "$location"
  fi
done | paste -s -d , -)
cat >"$parameters" <<JSON
{
  "\$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "resourceToken": { "value": "$ISTHMUS_RESOURCE_TOKEN" },
    "subscriptionTopicId": { "value": "${ISTHMUS_SUBSCRIPTION_TOPIC_ID:-}" },
    "eventGroupName": { "value": "$ISTHMUS_EVENT_GROUP" },
    "clusterSubscriptions": { "value": "${ISTHMUS_CLUSTER_SUBSCRIPTIONS:-}" },
    "clusters": { "value": [$clusters] }
  }
}
JSON
# The right of a topic that was just made to write its dead letters takes some minutes to hold, and Event Grid tries it.
tries=5
while ! az deployment group create --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" --name isthmus-events \
  --template-file "$root/infra/events.bicep" --parameters "@$parameters" --output none; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "The event subscriptions could not be made: see above, then run 'azd hooks run postdeploy'." >&2
    exit 1
  fi
  echo "Waiting for the rights of topics..."
  sleep 60
done
echo "Events reach the functions."

document=${ISTHMUS_MESH_FILE:-}
if [ -z "$document" ] && [ "$(az storage blob exists --auth-mode login --account-name "$ISTHMUS_DOCUMENT_ACCOUNT" \
  --container-name mesh --name mesh.yaml --query exists --output tsv)" = false ]; then
  # The first one: clusters join by a tag. 'isthmus mesh pull' brings it to where it is kept from here on.
  document=$scratch/mesh.yaml
  cat >"$document" <<YAML
apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: $ISTHMUS_MESH_NAME, generation: 1}
spec:
  discovery: {subscriptions: [$AZURE_SUBSCRIPTION_ID${ISTHMUS_CLUSTER_SUBSCRIPTIONS:+, $ISTHMUS_CLUSTER_SUBSCRIPTIONS}]}
  clusters: []
YAML
fi
if [ -n "$document" ]; then
  isthmus mesh push --mesh "$document" --blob "$ISTHMUS_MESH_DOCUMENT"
fi
# What it finds is for you to see; the deployment itself is done.
isthmus check --mesh "$ISTHMUS_MESH_DOCUMENT" || echo "isthmus check found something to do, or may not look from here."
