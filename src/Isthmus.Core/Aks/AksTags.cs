namespace Isthmus.Core.Aks;

/// <summary>The tags by which an AKS cluster joins a mesh and says how. Their names are lower case.</summary>
public static class AksTags
{
    /// <summary>The mesh's name: this tag alone makes a cluster join.</summary>
    public const string Mesh = "isthmus-mesh";

    /// <summary>Its name in the mesh; the resource's own unless given.</summary>
    public const string Cluster = "isthmus-cluster";

    /// <summary>Its network; unless given that of its virtual network, or one of its own where its pods have no addresses there.</summary>
    public const string Network = "isthmus-network";

    /// <summary>The cluster whose istiod serves it; itself unless given.</summary>
    public const string ControlPlane = "isthmus-control-plane";

    /// <summary>Its gateway's Service, NAMESPACE/NAME.</summary>
    public const string Gateway = "isthmus-gateway";

    /// <summary>active or leaving.</summary>
    public const string State = "isthmus-state";

    /// <summary>Istio's own name for it, in Istio's own namespace.</summary>
    public const string UsualGateway = "istio-system/istio-eastwestgateway";
}
