#!/bin/sh
# Before `azd down`, which removes the resource group and nothing else: the roles that lie in subscriptions, and the groups
# for events in further ones.
set -eu

echo "Clusters that have not left the mesh keep what Isthmus made in them, and go on with it (docs/on-call.md, 'Leaving Isthmus')."
for subscription in $(echo "${ISTHMUS_CLUSTER_SUBSCRIPTIONS:-}" | tr ',' ' '); do
  if [ "$(az group exists --subscription "$subscription" --name "$ISTHMUS_EVENT_GROUP")" = true ]; then
    az group delete --subscription "$subscription" --name "$ISTHMUS_EVENT_GROUP" --yes
  fi
done
subscriptions=$(printf '%s,%s' "$AZURE_SUBSCRIPTION_ID" "${ISTHMUS_CLUSTER_SUBSCRIPTIONS:-}" | tr ',' ' ')
for subscription in $subscriptions; do
  scope=/subscriptions/$subscription
  roles=$(az role definition list --custom-role-only true --subscription "$subscription" --scope "$scope" \
    --query "[?contains(roleName, '($ISTHMUS_RESOURCE_TOKEN, $subscription)')].name" --output tsv)
  for role in $roles; do
    ids=$(az role assignment list --subscription "$subscription" --scope "$scope" --role "$role" --query '[].id' --output tsv)
    for id in $ids; do
      az role assignment delete --ids "$id"
    done
    az role definition delete --name "$role" --subscription "$subscription" --scope "$scope"
    echo "Removed a role of Isthmus from $scope. If you keep the environment after all, run 'azd provision'."
  done
done
