#!/bin/sh
# After `azd provision`: the key of the webhooks' tokens, without which the app does not start. One that is there stays:
# a new one would close every webhook until the clusters have been told.
set -eu

secret=isthmus-webhook-key
tries=20

# Rights that were just given take some minutes to reach the vault.
while ! found=$(az keyvault secret list-versions --vault-name "$ISTHMUS_VAULT_NAME" --name "$secret" \
  --query "length([?attributes.enabled])" --output tsv 2>&1); do
  case $found in
    *SecretNotFound* | *"was not found"*) found=0 && break ;;
  esac
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "The vault $ISTHMUS_VAULT_NAME does not answer: $found" >&2
    echo "You need the role Key Vault Secrets Officer on it, and its firewall has to let you in (ISTHMUS_OPERATOR_ADDRESSES)." >&2
    exit 1
  fi
  echo "Waiting for rights on the vault $ISTHMUS_VAULT_NAME..."
  sleep 15
done

if [ "$found" = 0 ]; then
  # By a file: a command line can be read by others.
  file=$(mktemp)
  trap 'rm -f "$file"' EXIT
  head -c 32 /dev/urandom | base64 | tr -d '\n' >"$file"
  az keyvault secret set --vault-name "$ISTHMUS_VAULT_NAME" --name "$secret" --file "$file" --encoding utf-8 --output none
  echo "Stored a new key for the webhooks' tokens as $secret."
fi
