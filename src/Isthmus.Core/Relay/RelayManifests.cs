using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.Relay;

/// <summary>The relay's objects besides its certificate.</summary>
internal static class RelayManifests
{
    /// <summary>nginx with the stream module, as user 101, from a registry that the cluster reaches. The document may name another.</summary>
    public const string DefaultImage = "docker.io/nginxinc/nginx-unprivileged:1.28";

    private const string HashAnnotation = "isthmus.dev/configuration";
    private const int User = 101;

    public static JsonObject Configuration(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings, string nginx)
    {
        var secret = Ownership.NewObject(RelayNames.Configuration(cluster.Name), mesh.Name);
        secret["type"] = "Opaque";
        secret["data"] = new JsonObject { [RelayConfiguration.File] = Base64(nginx) };
        if (settings.CaBundle is { } bundle)
            secret["data"]?.AsObject().Add(RelayConfiguration.FunctionsAuthority, Base64(bundle));
        return secret;
    }

    /// <summary>What the server adds to a Service's spec stays as it is.</summary>
    public static JsonObject Service(MeshDocument mesh, MeshCluster cluster, JsonObject? live)
    {
        var service = Ownership.NewObject(RelayNames.Service(cluster.Name), mesh.Name, Labels());
        var spec = live?["spec"]?.DeepClone() as JsonObject ?? [];
        spec["selector"] = Labels();
        spec["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["protocol"] = "TCP", ["port"] = 443, ["targetPort"] = "https" });
        service["spec"] = spec;
        return service;
    }

    public static JsonObject Budget(MeshDocument mesh, MeshCluster cluster)
    {
        var budget = Ownership.NewObject(RelayNames.Budget(cluster.Name), mesh.Name, Labels());
        budget["spec"] = new JsonObject { ["minAvailable"] = 1, ["selector"] = new JsonObject { ["matchLabels"] = Labels() } };
        return budget;
    }

    /// <summary>Another configuration is another template: pods are replaced one after the other. A renewed certificate is none, nginx reads it by itself.</summary>
    public static JsonObject Deployment(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings, string nginx)
    {
        var deployment = Ownership.NewObject(RelayNames.Deployment(cluster.Name), mesh.Name, Labels());
        deployment["spec"] = new JsonObject
        {
            ["replicas"] = 2,
            ["selector"] = new JsonObject { ["matchLabels"] = Labels() },
            ["strategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxUnavailable"] = 0, ["maxSurge"] = 1 } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["labels"] = new JsonObject(Labels().Append(KeyValuePair.Create("sidecar.istio.io/inject", (JsonNode?)"false")).Select(label => KeyValuePair.Create(label.Key, label.Value?.DeepClone()))),
                    ["annotations"] = new JsonObject { [HashAnnotation] = Hash(nginx + settings.CaBundle) },
                },
                ["spec"] = Pod(cluster.RelayImage ?? DefaultImage),
            },
        };
        return deployment;
    }

    private static JsonObject Pod(string image)
    {
        var pod = Yaml.Read($$"""
            automountServiceAccountToken: false
            enableServiceLinks: false
            terminationGracePeriodSeconds: 30
            securityContext:
              runAsNonRoot: true
              runAsUser: {{User}}
              runAsGroup: {{User}}
              fsGroup: {{User}}
              seccompProfile: {type: RuntimeDefault}
            affinity:
              podAntiAffinity:
                preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 100
                  podAffinityTerm:
                    topologyKey: kubernetes.io/hostname
                    labelSelector:
                      matchLabels: { {{RelayNames.App}}: {{RelayNames.Relay}} }
                - weight: 50
                  podAffinityTerm:
                    topologyKey: topology.kubernetes.io/zone
                    labelSelector:
                      matchLabels: { {{RelayNames.App}}: {{RelayNames.Relay}} }
            containers:
            - name: nginx
              command: [nginx, -e, stderr, -c, /etc/isthmus-relay/{{RelayConfiguration.File}}, -g, daemon off;]
              ports:
              - {name: https, containerPort: 8443, protocol: TCP}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {drop: [ALL]}
              readinessProbe:
                httpGet: {path: /healthz, port: https, scheme: HTTPS}
                periodSeconds: 5
              livenessProbe:
                httpGet: {path: /healthz, port: https, scheme: HTTPS}
                periodSeconds: 10
                failureThreshold: 6
              lifecycle:
                preStop:
                  exec: {command: [sleep, "5"]}
              resources:
                requests: {cpu: 20m, memory: 32Mi}
                limits: {memory: 128Mi}
              volumeMounts:
              - {name: files, mountPath: /etc/isthmus-relay, readOnly: true}
              - {name: scratch, mountPath: /tmp}
            volumes:
            - name: files
              projected:
                defaultMode: 288
                sources:
                - secret:
                    name: {{RelayNames.Relay}}
                - secret:
                    name: {{RelayNames.Relay}}-tls
                    items:
                    - {key: tls.crt, path: tls.crt}
                    - {key: tls.key, path: tls.key}
            - name: scratch
              emptyDir: {medium: Memory, sizeLimit: 64Mi}
            """);
        pod?["containers"]?[0]?.AsObject().Insert(1, "image", image);
        return pod as JsonObject ?? throw new System.Diagnostics.UnreachableException();
    }

    private static JsonObject Labels() => new() { [RelayNames.App] = RelayNames.Relay };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
