using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Istio;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>The kind ServiceExport of Kubernetes' multi-cluster API, as far as Isthmus uses it.</summary>
internal static class ServiceExportDefinition
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: serviceexports.multicluster.x-k8s.io}
        spec:
          group: multicluster.x-k8s.io
          scope: Namespaced
          names: {kind: ServiceExport, listKind: ServiceExportList, plural: serviceexports, singular: serviceexport}
        """;

    private const string Version = """
        served: true
        subresources: {status: {}}
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  exportedLabels: {type: object, additionalProperties: {type: string}}
                  exportedAnnotations: {type: object, additionalProperties: {type: string}}
              status:
                type: object
                properties:
                  conditions:
                    type: array
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [type]
                    items:
                      type: object
                      required: [lastTransitionTime, message, reason, status, type]
                      properties:
                        type: {type: string}
                        status: {type: string, enum: ["True", "False", Unknown]}
                        message: {type: string, maxLength: 32768}
                        reason: {type: string, minLength: 1, pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"}
                        lastTransitionTime: {type: string, format: date-time}
                        observedGeneration: {type: integer, format: int64, minimum: 0}
        """;

    /// <summary>Istio's kinds, and ServiceExport in the given versions, of which the first is stored.</summary>
    public static IReadOnlyList<JsonObject> WithIstio(params string[] versions) => [.. IstioDefinitions.Read(), Read(versions)];

    public static JsonObject Read(params string[] versions)
    {
        var definition = Yaml.Read(Definition) as JsonObject ?? [];
        var served = versions.Select((name, index) =>
        {
            var version = Yaml.Read(Version) as JsonObject ?? [];
            version["name"] = name;
            version["storage"] = index == 0;
            return (JsonNode)version;
        });
        definition["spec"]?.AsObject().Add("versions", new JsonArray([.. served]));
        return definition;
    }
}
