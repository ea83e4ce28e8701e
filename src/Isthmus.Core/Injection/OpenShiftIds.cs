using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>The user and group of the sidecar; OpenShift gives each namespace a range of its own.</summary>
internal readonly record struct OpenShiftIds(long User, long Group)
{
    private const string UserRange = "openshift.io/sa.scc.uid-range";
    private const string GroupRanges = "openshift.io/sa.scc.supplemental-groups";

    /// <summary>Istio's user on every other platform.</summary>
    public static OpenShiftIds Default { get; } = new(1337, 1337);

    /// <summary>Istio's rule: the last user of the namespace's range, and the end of its first range of groups (or of the users').</summary>
    public static OpenShiftIds Of(IReadOnlyDictionary<string, string> annotations)
    {
        var user = annotations.TryGetValue(UserRange, out var users) ? LastOf(users) : null;
        var groups = annotations.TryGetValue(GroupRanges, out var listed) && listed.Length > 0 ? listed : users;
        var group = groups is null ? null : LastOf(groups.Split(',')[0]);
        return new OpenShiftIds(user ?? Default.User, group ?? Default.Group);
    }

    /// <summary>
    /// OpenShift's admission sets one user on all containers, the pod's own istio-proxy among them; Istio takes that for nobody's wish and
    /// lets the template decide. The pod that was given stays as it is.
    /// </summary>
    public static JsonObject WithoutAssignedUser(JsonObject pod, IstioFeatures features)
    {
        var spec = pod.Object("spec");
        var containers = spec.List("containers").Objects();
        if (features.Has(IstioFeature.NativeSidecarsAuto)) containers = containers.Concat(spec.List("initContainers").Objects());
        JsonObject? proxy = null;
        var (proxyUser, appUser) = (0L, 0L);
        foreach (var container in containers)
        {
            var user = container.Object("securityContext").Number("runAsUser");
            var name = container.Text("name");
            if (name == SidecarNames.Proxy) (proxy, proxyUser) = (proxy ?? container, user ?? proxyUser);
            else if (name is not (SidecarNames.Init or SidecarNames.Validation)) appUser = user ?? appUser;
        }
        if (proxy.Object("securityContext") is null || proxyUser != appUser) return pod;

        var copy = pod.DeepClone().AsObject();
        foreach (var list in new[] { "containers", "initContainers" })
            if (copy.Object("spec").List(list).TryGetContainer(SidecarNames.Proxy, out var copied) && copied.Object("securityContext") is { } own)
            {
                own.Remove("runAsUser");
                own.Remove("runAsGroup");
                break;
            }
        return copy;
    }

    private static long? LastOf(string range)
    {
        var separator = range.AsSpan().IndexOfAny('/', '-');
        if (separator < 0 || Read(range[..separator]) is not { } start || Read(range[(separator + 1)..]) is not { } second) return null;
        if (range[separator] == '-') return second > start ? second : null;
        return second > 0 ? start + second - 1 : null;
    }

    private static long? Read(string text) =>
        uint.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
