using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Structs;

/// <summary>The structs of Kubernetes' pod API that injection names.</summary>
internal static class PodSchema
{
    public static MergeSchema Pod { get; } = MergeSchema.Struct("Pod");
    public static MergeSchema ObjectMeta { get; } = MergeSchema.Struct("ObjectMeta");
    public static MergeSchema PodSpec { get; } = MergeSchema.Struct("PodSpec");
    public static MergeSchema Container { get; } = MergeSchema.Struct("Container");
    public static MergeSchema Probe { get; } = MergeSchema.Struct("Probe");
}
