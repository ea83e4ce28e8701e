namespace Isthmus.Core.Injection;

/// <summary>The names of containers that Istio gives a meaning.</summary>
internal static class SidecarNames
{
    public const string Proxy = "istio-proxy";
    public const string Init = "istio-init";
    public const string Validation = "istio-validation";
    public const string CoreDump = "enable-core-dump";

    /// <summary>Istio's rule: an image <c>auto</c> stands for the template's.</summary>
    public const string AutoImage = "auto";
}
