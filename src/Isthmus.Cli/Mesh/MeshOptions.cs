using System.Collections.Immutable;
using System.CommandLine;
using Isthmus.Cli.Local;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Mesh;

/// <summary>What plan and apply are told: which mesh, the functions that its webhooks call, and what to hold the run to.</summary>
internal sealed class MeshOptions
{
    private readonly Option<string> _mesh = CommandOptions.Mesh();

    private readonly Option<Uri?> _url =
        CommandOptions.HttpsAddress("--functions-url", "The https address of the functions, which webhooks call. Without it webhooks stay as they are.", required: false);

    private readonly Option<FileInfo?> _ca = new("--ca-bundle") { Description = "PEM of the CA of that address, where the system's roots do not hold it." };
    private readonly Option<FileInfo?> _key = CommandOptions.WebhookKey(required: false);
    private readonly Option<string[]> _clusters = new("--cluster") { Description = "Write to this cluster only, and the records on the Services that it imports; may be given several times." };

    private readonly Option<string[]> _namespaces = new("--namespace", "-n")
    {
        Description = "Look at the exported services of this namespace only, and leave setup and trust alone; may be given several times.",
    };

    private readonly Option<bool> _allowDeletes = new("--allow-deletes") { Description = "Delete even where more than a fifth of a kind in a cluster would go." };
    private readonly Option<bool> _noDeletes = new("--no-deletes") { Description = "Create and change, but delete no object." };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _mesh, _url, _ca, _key, _clusters, _namespaces, _allowDeletes, _noDeletes, _json })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_allowDeletes) && result.GetValue(_noDeletes))
                result.AddError("--allow-deletes and --no-deletes exclude each other.");
            if (result.GetValue(_url) is null != (result.GetValue(_key) is null))
                result.AddError("--functions-url and --webhook-key belong together: give both, or none to leave webhooks as they are.");
        });
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The services of one run. Throws <see cref="UsageException"/> where the options do not fit the document.</summary>
    public async Task<ServiceProvider> ServicesAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var documents = CommandOptions.Documents(parsed.GetRequiredValue(_mesh));
        var options = new ReconcilerOptions
        {
            AllowDeletes = parsed.GetValue(_allowDeletes),
            NoDeletes = parsed.GetValue(_noDeletes),
            Scope = Scope(await ScopedAsync(documents, parsed, cancellationToken), parsed),
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(documents);
        services.AddAzure(CommandOptions.Azure);
        services.AddSingleton<ICertificateSource, KeyVaultCertificateSource>();
        if (await WebhooksAsync(parsed, cancellationToken) is { } webhooks)
            services.AddSingleton(webhooks);
        else
            parsed.InvocationConfiguration.Error.WriteLine("Webhooks stay as they are: --functions-url and --webhook-key would say what they call.");
        services.AddSingleton(options);
        services.AddReconcilers();
        return services.BuildServiceProvider();
    }

    // A cluster that somebody names may be one that joins just now.
    private Task<MeshDocument> ScopedAsync(IMeshDocumentSource documents, ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetValue(_clusters) is { Length: > 0 } ? documents.LookAsync(isDryRun: true, cancellationToken) : documents.ReadAsync(cancellationToken);

    private async Task<WebhookSettings?> WebhooksAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_url) is not { } url || parsed.GetValue(_key) is not { } key)
            return null;
        return new WebhookSettings
        {
            BaseUrl = url,
            CaBundle = parsed.GetValue(_ca) is { } file ? await File.ReadAllTextAsync(file.FullName, cancellationToken) : null,
            Keys = [await CommandOptions.ReadKeyAsync(key, cancellationToken)],
        };
    }

    private RunScope Scope(MeshDocument mesh, ParseResult parsed)
    {
        var namespaces = parsed.GetValue(_namespaces) ?? [];
        if (Array.Find(namespaces, SystemNamespaces.IsSystem) is { } system)
            throw new UsageException($"--namespace {system}: no services are exported from it. Leave --namespace out to reconcile everything.");
        return new RunScope
        {
            Clusters = [.. CommandOptions.Clusters(mesh, parsed.GetValue(_clusters) ?? []).Select(cluster => cluster.Name)],
            Namespaces = [.. namespaces],
        };
    }
}
