using System.Collections.Immutable;
using System.Net;
using YamlDotNet.Core;

namespace Isthmus.Core.Mesh;

/// <summary>From text to a valid document, or to every fault in it.</summary>
internal static class MeshDocumentParser
{
    public const string ApiVersion = "isthmus.dev/v1alpha1";

    private static readonly IPNetwork ReservedClassE = IPNetwork.Parse("240.0.0.0/4");

    // Istio allocates from it by itself, for ServiceEntries without an address.
    private static readonly IPNetwork IstiosOwnRange = IPNetwork.Parse("240.240.0.0/16");

    public static MeshDocumentResult Parse(string yaml, string? directory)
    {
        var errors = new List<MeshDocumentError>();
        MeshDocument? document = null;
        try
        {
            if (YamlTree.Read(yaml) is YamlTree.Map map)
                document = Root(new FieldReader(map, "", errors), directory, errors);
            else
                errors.Add(new MeshDocumentError("", 1, "a mesh document is a map of fields"));
        }
        catch (YamlException fault)
        {
            errors.Add(new MeshDocumentError("", Math.Max(1, (int)fault.Start.Line), $"not readable as YAML: {fault.Message}"));
        }

        return new MeshDocumentResult(document, [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Path, StringComparer.Ordinal)]);
    }

    private static MeshDocument? Root(FieldReader root, string? directory, List<MeshDocumentError> errors)
    {
        if (root.RequiredText("apiVersion") is { } version && version != ApiVersion)
            root.Error("apiVersion", $"is '{version}', but has to be {ApiVersion}");
        if (root.RequiredText("kind") is { } kind && kind != "Mesh")
            root.Error("kind", $"is '{kind}', but has to be Mesh");
        var (name, generation) = Metadata(root);
        MeshDocument? document = null;
        if (root.Map("spec") is { } spec)
            document = Spec(spec, name, generation, directory, errors);
        else if (!root.Has("spec"))
            root.Error("spec", "is required");
        root.Finish();
        return document;
    }

    private static (string Name, long Generation) Metadata(FieldReader root)
    {
        if (root.Map("metadata") is not { } metadata)
        {
            if (!root.Has("metadata"))
                root.Error("metadata.name", "is required");
            return ("", 0);
        }

        var name = metadata.RequiredText("name") ?? "";
        if (name.Length > 0 && !NameRules.IsLabel(name))
            metadata.Error("name", NameRules.LabelFault(name));
        var generation = metadata.Number("generation", 0, 0, long.MaxValue);
        metadata.Finish();
        return (name, generation);
    }

    private static MeshDocument Spec(FieldReader spec, string name, long generation, string? directory, List<MeshDocumentError> errors)
    {
        var domain = spec.Text("domain") ?? "global";
        if (!NameRules.IsDomain(domain))
            spec.Error("domain", $"'{domain}' is not a DNS name in lower case");
        else if (domain is "local" or "cluster.local" || domain.EndsWith(".cluster.local", StringComparison.Ordinal))
            spec.Error("domain", $"'{domain}' is Kubernetes' own");
        var range = Range(spec);
        var trust = Trust(spec);
        var privateDns = PrivateDns(spec);
        var injection = Injection(spec);
        var clusters = new MeshClusterReader(spec, directory, errors, trust?.Vault);
        var listed = clusters.Read();
        var discovery = Discovery(spec);
        spec.Finish();
        var rules = new MeshDocumentRules(errors);
        rules.Check(listed, range);
        MeshDocumentRules.CheckPrivateDns(listed, spec.Has("privateDns"));
        return new MeshDocument
        {
            Name = name,
            Generation = generation,
            Domain = domain,
            AddressRange = range,
            Trust = trust,
            PrivateDns = privateDns,
            Injection = injection,
            Discovery = discovery,
            Defaults = clusters.Defaults(),
            Clusters = [.. listed.Select(cluster => cluster.Cluster)],
        };
    }

    private static IPNetwork Range(FieldReader spec)
    {
        if (spec.Text("addressRange") is not { } text)
            return ReservedClassE;
        if (!NameRules.IsCidr(text, out var range) || range.BaseAddress.GetAddressBytes().Length != 4)
            spec.Error("addressRange", NameRules.CidrFault(text));
        else if (!ReservedClassE.Contains(range.BaseAddress) || range.PrefixLength < ReservedClassE.PrefixLength)
            spec.Error("addressRange", $"'{text}' reaches outside {ReservedClassE}, which no network uses");
        else if (IstiosOwnRange.Contains(range.BaseAddress) && range.PrefixLength >= IstiosOwnRange.PrefixLength)
            spec.Error("addressRange", $"'{text}' lies in {IstiosOwnRange}, which Istio allocates from by itself");
        else if (range.PrefixLength > 30)
            spec.Error("addressRange", $"'{text}' holds no room for names");
        else
            return range;
        return ReservedClassE;
    }

    private static TrustSettings? Trust(FieldReader spec)
    {
        if (spec.Map("trust") is not { } trust)
            return null;
        var certificate = trust.RequiredText("certificate") ?? "";
        if (certificate.Length > 0 && !NameRules.IsVaultName(certificate))
            trust.Error("certificate", $"'{certificate}' is no name of the vault: letters, digits and hyphens, 1 to 127");
        var text = trust.RequiredText("vault");
        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var vault) && vault.Scheme == Uri.UriSchemeHttps
            && vault.UserInfo.Length == 0 && vault.Query.Length == 0 && vault.Fragment.Length == 0 && vault.AbsolutePath == "/";
        if (text is not null && !isUrl)
            trust.Error("vault", $"'{text}' is not of the form https://NAME.vault.azure.net/");
        var domain = trust.Text("trustDomain");
        if (domain is not null && !NameRules.IsDomain(domain))
            trust.Error("trustDomain", $"'{domain}' is not a trust domain: a DNS name in lower case");
        var root = trust.Text("root");
        if (root is not null && !NameRules.IsVaultName(root))
            trust.Error("root", $"'{root}' is no name of a secret: letters, digits and hyphens, 1 to 127");
        var adopt = trust.Flag("adopt");
        var lifetime = trust.Span("workloadCertificateLifetime", TrustSettings.DefaultLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(90));
        trust.Finish();
        return vault is not null && isUrl
            ? new TrustSettings(vault, certificate, domain, adopt) { Root = root, WorkloadCertificateLifetime = lifetime }
            : null;
    }

    private static PrivateDnsSettings? PrivateDns(FieldReader spec)
    {
        if (spec.Map("privateDns") is not { } dns)
            return null;
        var group = dns.RequiredText("resourceGroup")?.TrimEnd('/');
        if (group is not null && !ArmIds.IsResourceGroup(group))
            dns.Error("resourceGroup", $"'{group}' is not of the form /subscriptions/…/resourceGroups/NAME");
        dns.Finish();
        return group is null ? null : new PrivateDnsSettings(group);
    }

    private static DiscoverySettings? Discovery(FieldReader spec)
    {
        if (spec.Map("discovery") is not { } discovery)
            return null;
        var subscriptions = discovery.Texts("subscriptions");
        if (subscriptions.IsEmpty)
            discovery.Error("subscriptions", "is required: the ids of the subscriptions whose AKS clusters may join by a tag");
        foreach (var (text, _, _) in subscriptions.Where(subscription => !Guid.TryParseExact(subscription.Text, "D", out _)))
            discovery.Error("subscriptions", $"'{text}' is no id of a subscription, such as 11111111-2222-3333-4444-555555555555");
        discovery.Finish();
        return new DiscoverySettings([.. subscriptions.Select(subscription => subscription.Text.ToLowerInvariant()).Distinct()]);
    }

    private static InjectionPolicy Injection(FieldReader spec)
    {
        var injection = spec.Map("injection") ?? new FieldReader(new YamlTree.Map(spec.Line, []), spec.At("injection"), []);
        var fallback = injection.Choice("fallback", "istiod", "istiod", "none") == "none" ? InjectionFallback.None : InjectionFallback.Istiod;
        var usual = fallback == InjectionFallback.Istiod ? "Ignore" : "Fail";
        var policy = injection.Choice("failurePolicy", usual, "Ignore", "Fail");
        if (fallback == InjectionFallback.Istiod && policy == "Fail")
            injection.Error("failurePolicy", "Fail would leave istiod's webhook no chance to stand in; set fallback: none, or leave it Ignore");
        var revisions = injection.Texts("revisions");
        var single = injection.Text("revision");
        if (single is not null && injection.Has("revisions"))
            injection.Error("revision", "is given beside revisions: use one of them");
        foreach (var (text, _, _) in revisions.Where(revision => !NameRules.IsLabel(revision.Text)))
            injection.Error("revisions", NameRules.LabelFault(text));
        if (single is not null && !NameRules.IsLabel(single))
            injection.Error("revision", NameRules.LabelFault(single));
        if (revisions.Select(revision => revision.Text).Distinct().Count() != revisions.Length)
            injection.Error("revisions", "names a revision twice");
        var result = new InjectionPolicy
        {
            Fallback = fallback,
            TimeoutSeconds = (int)injection.Number("timeoutSeconds", 3, 1, 30),
            FailurePolicy = policy,
            ReinvocationPolicy = injection.Choice("reinvocationPolicy", "Never", "Never", "IfNeeded"),
            Revisions = revisions.IsEmpty ? [single ?? InjectionPolicy.DefaultRevision] : [.. revisions.Select(revision => revision.Text)],
            EnableNamespacesByDefault = injection.Flag("enableNamespacesByDefault"),
        };
        injection.Finish();
        return result;
    }
}
