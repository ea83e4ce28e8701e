using System.Globalization;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Http;

/// <summary>How an answer is written: as JSON or YAML, as the object itself, as a Table or as metadata only.</summary>
internal sealed record OutputFormat(bool Yaml, string As, string AsVersion)
{
    public const string Table = "Table";
    public const string Partial = "PartialObjectMetadata";
    public const string PartialList = "PartialObjectMetadataList";

    private const string MetaGroup = "meta.k8s.io";

    private static readonly OutputFormat Json = new(false, "", "");

    public string MediaType => Yaml ? "application/yaml" : "application/json";

    public bool IsPartial => As is Partial or PartialList;

    /// <summary>The best clause of an Accept header that this server can serve; 406 where there is none.</summary>
    /// <param name="accept">The header; absent means anything.</param>
    /// <param name="transforms">Whether Tables and partial metadata can be made of the answer.</param>
    public static OutputFormat Negotiate(string? accept, bool transforms)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return Json;
        }
        var clauses = accept.Split(',').Select(Clause.Parse).OrderByDescending(c => c.Quality);
        return clauses.Select(c => c.Format(transforms)).FirstOrDefault(f => f is not null)
            ?? throw new ApiStatusException(406, "NotAcceptable",
                "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf", []);
    }

    private sealed record Clause(string Type, double Quality, IReadOnlyDictionary<string, string> Parameters)
    {
        public static Clause Parse(string text)
        {
            var parts = text.Split(';', StringSplitOptions.TrimEntries);
            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var part in parts.Skip(1))
            {
                var at = part.IndexOf('=', StringComparison.Ordinal);
                if (at > 0)
                {
                    parameters[part[..at]] = part[(at + 1)..];
                }
            }
            var quality = parameters.TryGetValue("q", out var q) && double.TryParse(q, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 1;
            return new Clause(parts[0].ToLowerInvariant(), quality, parameters);
        }

        public OutputFormat? Format(bool transforms)
        {
            var wanted = Parameters.GetValueOrDefault("as", "");
            var version = Parameters.GetValueOrDefault("v", "v1");
            var known = wanted.Length == 0
                || (transforms && wanted is Table or Partial or PartialList && Parameters.GetValueOrDefault("g", "") == MetaGroup && version is "v1" or "v1beta1");
            if (!known)
            {
                return null;
            }
            return Type switch
            {
                "*/*" or "application/*" or "application/json" => new OutputFormat(false, wanted, version),
                "application/yaml" => new OutputFormat(true, wanted, version),
                _ => null,
            };
        }
    }
}
