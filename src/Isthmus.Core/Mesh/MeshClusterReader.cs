using System.Collections.Immutable;
using System.Net;
using Isthmus.Core.Federation;

namespace Isthmus.Core.Mesh;

/// <summary>A cluster and the reader of its entry, so that later rules can point at fields.</summary>
internal sealed record ReadCluster(MeshCluster Cluster, FieldReader Fields);

/// <summary>Reads <c>spec.clusters</c> and the settings that clusters inherit from <c>spec</c>.</summary>
internal sealed class MeshClusterReader(FieldReader spec, string? directory, List<MeshDocumentError> errors, Uri? vault)
{
    private static readonly string[] DnsChoices = ["coredns", "coredns-custom", "private", "sidecar", "none"];

    public IReadOnlyList<ReadCluster> Read()
    {
        var dns = spec.Choice("dns", DnsChoices[0], DnsChoices);
        var defaultDns = spec.Has("dns") ? dns : null;
        var mayExport = Namespaces(spec);
        var clusters = spec.Maps("clusters").Select(fields => new ReadCluster(Cluster(fields, defaultDns, mayExport), fields)).ToList();
        // With discovery all may come by themselves.
        if (clusters.Count == 0 && !spec.Has("discovery") && !errors.Exists(error => error.Path.StartsWith(spec.At("clusters"), StringComparison.Ordinal)))
            spec.Error("clusters", "lists no cluster");
        return clusters;
    }

    /// <summary>What clusters inherit; for those that are not listed.</summary>
    public ClusterDefaults Defaults() =>
        new([.. spec.Texts("mayExport").Select(ns => ns.Text)], spec.Has("dns") ? Dns(spec.Text("dns") ?? "") : null);

    private MeshCluster Cluster(FieldReader fields, string? defaultDns, ImmutableArray<string> mayExport)
    {
        var name = Checked(fields, "name", fields.RequiredText("name"), NameRules.IsLabel, NameRules.LabelFault);
        var network = Checked(fields, "network", fields.RequiredText("network"), NameRules.IsLabelValue, text => $"'{text}' cannot be a label's value");
        var controlPlane = fields.Text("controlPlane");
        var access = Access(fields);
        var ownMayExport = Namespaces(fields);
        var usualDns = defaultDns ?? (access is ClusterAccess.Aks ? "coredns-custom" : "coredns");
        var domain = fields.Text("clusterDomain") ?? "cluster.local";
        if (!NameRules.IsDomain(domain))
            fields.Error("clusterDomain", $"'{domain}' is not a DNS name in lower case");
        var virtualNetwork = fields.Text("vnet");
        if (virtualNetwork is not null && !ArmIds.IsVirtualNetwork(virtualNetwork))
            fields.Error("vnet", $"'{virtualNetwork}' is not of the form /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/NAME");
        var webhook = Webhook(fields);
        var result = new MeshCluster
        {
            Name = new ClusterName(name),
            Network = new NetworkName(network),
            ControlPlane = new ClusterName(controlPlane ?? name),
            Locality = Locality(fields),
            Access = access,
            ApiServer = ApiServer(fields),
            PodCidrs = Ranges(fields, "podCidrs"),
            ServiceCidrs = Ranges(fields, "serviceCidrs"),
            Gateway = Gateway(fields),
            WebhookReach = webhook.Reach,
            RelayImage = webhook.Image,
            SlicesNotify = webhook.SlicesNotify,
            Leaving = fields.Choice("state", "active", "active", "leaving") == "leaving",
            Draining = fields.Flag("draining"),
            MayExport = fields.Has("mayExport") ? ownMayExport : mayExport,
            Dns = Dns(fields.Choice("dns", usualDns, DnsChoices)),
            VirtualNetwork = virtualNetwork,
            ClusterDomain = domain,
        };
        fields.Finish();
        return result;
    }

    private static string Checked(FieldReader fields, string key, string? text, Func<string, bool> isValid, Func<string, string> fault)
    {
        if (text is not null && !isValid(text))
            fields.Error(key, fault(text));
        return text ?? "";
    }

    private static DnsKind Dns(string choice) => choice switch
    {
        "coredns-custom" => DnsKind.CoreDnsCustom,
        "private" => DnsKind.Private,
        "sidecar" => DnsKind.Sidecar,
        "none" => DnsKind.None,
        _ => DnsKind.CoreDns,
    };

    private static string? Locality(FieldReader fields)
    {
        var region = fields.Text("region");
        var locality = fields.Text("locality");
        if (region is not null && locality is not null)
            fields.Error("locality", "is given beside region: use one of them");
        var parts = (locality ?? region)?.Split('/');
        if (parts is not null && (parts.Length > 3 || !Array.TrueForAll(parts, NameRules.IsLabelValue)))
            fields.Error(locality is null ? "region" : "locality", "has to be region, region/zone or region/zone/subzone");
        return locality ?? region;
    }

    private ClusterAccess Access(FieldReader fields)
    {
        var nowhere = new ClusterAccess.Kubeconfig("", null);
        if (fields.Map("access") is not { } access)
        {
            if (!fields.Has("access"))
                fields.Error("access", "is required: one of kubeconfig, aks, vaultSecret");
            return nowhere;
        }

        var (kubeconfig, context) = (access.Text("kubeconfig"), access.Text("context"));
        var (aks, secret) = (access.Text("aks"), access.Text("vaultSecret"));
        access.Finish();
        if (new[] { kubeconfig, aks, secret }.Count(way => way is not null) != 1)
            fields.Error("access", "has to hold exactly one of kubeconfig, aks, vaultSecret");
        if (context is not null && kubeconfig is null)
            access.Error("context", "belongs to a kubeconfig");
        if (aks is not null && !ArmIds.IsManagedCluster(aks))
            access.Error("aks", $"'{aks}' is not of the form /subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerService/managedClusters/NAME");
        if (secret is not null && !NameRules.IsVaultName(secret))
            access.Error("vaultSecret", $"'{secret}' is no name of a secret");
        if (secret is not null && !spec.Has("trust"))
            access.Error("vaultSecret", "needs spec.trust.vault: the vault that the secret is in");
        if (kubeconfig is not null)
            return new ClusterAccess.Kubeconfig(directory is null ? kubeconfig : Path.Combine(directory, kubeconfig), context);
        return aks is not null ? new ClusterAccess.Aks(aks) : secret is not null ? new ClusterAccess.VaultSecret(secret) { Vault = vault } : nowhere;
    }

    private static Uri? ApiServer(FieldReader fields)
    {
        if (fields.Text("apiServer") is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https", Query: "", Fragment: "", UserInfo: "" })
            return address;
        fields.Error("apiServer", $"'{text}' is not of the form https://HOST[:PORT]");
        return null;
    }

    private ImmutableArray<IPNetwork> Ranges(FieldReader fields, string key)
    {
        var ranges = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var (text, path, line) in fields.Texts(key))
        {
            if (NameRules.IsCidr(text, out var range))
                ranges.Add(range);
            else
                errors.Add(new MeshDocumentError(path, line, NameRules.CidrFault(text)));
        }

        return ranges.ToImmutable();
    }

    private MeshGateway? Gateway(FieldReader fields)
    {
        if (fields.Map("gateway") is not { } gateway)
            return null;
        var service = gateway.Text("service");
        var addresses = gateway.Texts("addresses");
        var selector = gateway.TextMap("selector");
        gateway.Finish();
        if (service is null == addresses.IsEmpty)
            fields.Error("gateway", "has to hold either service: NAMESPACE/NAME, or addresses");
        if (service is not null && NameRules.Service(service) is null)
            gateway.Error("service", $"'{service}' is not of the form NAMESPACE/NAME");
        foreach (var (text, path, line) in addresses.Where(address => !GatewayAddress.TryParse(address.Text, out _)))
            errors.Add(new MeshDocumentError(path, line, $"'{text}' is neither an IP address nor a DNS name, with or without a port"));
        return new MeshGateway
        {
            Service = service is null ? null : NameRules.Service(service),
            Addresses = [.. addresses.Select(address => address.Text)],
            Selector = selector,
        };
    }

    private static (WebhookReach Reach, string? Image, bool SlicesNotify) Webhook(FieldReader fields)
    {
        if (fields.Map("webhook") is not { } webhook)
            return (WebhookReach.Url, null, true);
        var reach = webhook.Choice("reach", "url", "url", "relay");
        var slices = webhook.Choice("endpointSlices", "notify", "notify", "poll");
        var image = webhook.Text("image");
        if (image is not null && reach != "relay")
            webhook.Error("image", "is the relay's, and reach is not relay");
        else if (image is { } name && (name.Length == 0 || name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter))))
            webhook.Error("image", $"'{name}' names no image");
        webhook.Finish();
        return (reach == "relay" ? WebhookReach.Relay : WebhookReach.Url, image, slices == "notify");
    }

    private ImmutableArray<string> Namespaces(FieldReader fields)
    {
        var namespaces = ImmutableArray.CreateBuilder<string>();
        foreach (var (text, path, line) in fields.Texts("mayExport"))
        {
            if (SystemNamespaces.IsSystem(text))
                errors.Add(new MeshDocumentError(path, line, $"nothing may be exported from '{text}'"));
            else if (text != "*" && !NameRules.IsLabel(text))
                errors.Add(new MeshDocumentError(path, line, $"'{text}' is no namespace; use a name, or \"*\" for all"));
            namespaces.Add(text);
        }

        return namespaces.ToImmutable();
    }
}
