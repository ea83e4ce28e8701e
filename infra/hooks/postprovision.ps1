# After `azd provision`: the key of the webhooks' tokens, without which the app does not start. One that is there stays:
# a new one would close every webhook until the clusters have been told.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

$secret = 'isthmus-webhook-key'
$tries = 20

# Rights that were just given take some minutes to reach the vault.
while ($true) {
    $found = az keyvault secret list-versions --vault-name $env:ISTHMUS_VAULT_NAME --name $secret `
        --query 'length([?attributes.enabled])' --output tsv 2>&1
    if ($LASTEXITCODE -eq 0) { break }
    if ("$found" -match 'SecretNotFound|was not found') {
        $found = '0'
        break
    }
    $tries--
    if ($tries -eq 0) {
        throw "The vault $env:ISTHMUS_VAULT_NAME does not answer: $found. You need the role Key Vault Secrets Officer on it, and its firewall has to let you in (ISTHMUS_OPERATOR_ADDRESSES)."
    }
    Write-Host "Waiting for rights on the vault $env:ISTHMUS_VAULT_NAME..."
    Start-Sleep -Seconds 15
}

if ("$found".Trim() -eq '0') {
    # By a file: a command line can be read by others.
    $file = New-TemporaryFile
    try {
        $bytes = [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(32)
        Set-Content -Path $file -Value ([Convert]::ToBase64String($bytes)) -NoNewline
        az keyvault secret set --vault-name $env:ISTHMUS_VAULT_NAME --name $secret --file $file --encoding utf-8 --output none
        if ($LASTEXITCODE -ne 0) { throw "Secret $secret could not be stored in $env:ISTHMUS_VAULT_NAME." }
        Write-Host "Stored a new key for the webhooks' tokens as $secret."
    }
    finally {
        Remove-Item $file
    }
}
