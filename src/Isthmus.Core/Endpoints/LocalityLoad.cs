using System.Runtime.InteropServices;

namespace Isthmus.Core.Endpoints;

/// <summary>What gathers for one locality while endpoints are read: those reached directly, and the weight behind each set of gateways.</summary>
internal sealed class LocalityLoad(string locality)
{
    private ulong[] _behind = [];

    public string Locality { get; } = locality;

    public List<AssignedEndpoint> Direct { get; } = [];

    public Span<AssignedEndpoint> DirectSpan => CollectionsMarshal.AsSpan(Direct);

    /// <summary>By set; only where labels decide about priorities.</summary>
    public Dictionary<int, SharedLabels> Labels { get; } = [];

    public ulong Behind(int set) => set < _behind.Length ? _behind[set] : 0;

    public void AddBehind(int set, ulong weight)
    {
        if (set >= _behind.Length) Array.Resize(ref _behind, Math.Max(set + 1, 2 * _behind.Length));
        _behind[set] += weight;
    }
}
