using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Auth;
using Isthmus.Embedded.Discovery;
using Isthmus.Embedded.Http;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.Cluster;

/// <summary>The parts of one cluster, wired together.</summary>
internal sealed class ClusterParts : IDisposable
{
    private readonly ServiceAccountTokens _tokens;
    private readonly AdmissionChain _admission;

    private ClusterParts(ObjectStore store, ApiServer server, ServiceAccountTokens tokens, AdmissionChain admission) =>
        (Store, Server, _tokens, _admission) = (store, server, tokens, admission);

    public ObjectStore Store { get; }

    public ApiServer Server { get; }

    public static ClusterParts Build(
        EmbeddedClusterOptions options, IReadOnlyDictionary<string, RequestUser> users, string caCertificatePem, ILoggerFactory loggers, CancellationToken stopping)
    {
        var time = options.TimeProvider;
        var store = new ObjectStore();
        var kinds = new KindRegistry(store);
        var tokens = new ServiceAccountTokens(store, time);
        var authenticator = new Authenticator(users, tokens);
        var authorizer = new RbacAuthorizer(store);
        var admission = new AdmissionChain(new StoredWebhooks(store, kinds), options.ServiceResolver is { } resolve ? new ServiceAddressResolver(resolve) : null);
        var parts = new WriteParts(store, kinds, admission, new ServiceAllocator(store, options.ServiceRange).Services, time);

        var decoder = new ObjectDecoder(kinds);
        var read = new ReadVerbs(store);
        var create = new CreateVerb(parts, decoder);
        var update = new UpdateVerb(parts, decoder, create);
        var verbs = new ResourceVerbs(read, new WatchVerb(store, time), create, update, new PatchVerb(parts, update, create), new DeleteVerb(parts, read),
            new ScaleVerb(read, update, time), new SubresourceVerbs(parts, read, tokens), new Reviews(authorizer, authenticator, tokens));
        var discovery = new DiscoveryDocuments(kinds);
        var router = new ResourceRouter(kinds, discovery, verbs, admission, time);
        var server = new ApiServer(authenticator, authorizer, router, discovery, new OpenApiDocuments(kinds), loggers.CreateLogger<ApiServer>(), stopping);

        store.Committed += new DefinitionController(store, time).Follow;
        if (options.Controllers)
        {
            store.Committed += new NamespaceController(store, kinds, time, caCertificatePem).Follow;
            store.Committed += new OwnerController(store, kinds, time).Follow;
        }
        InitialState.Put(store, kinds, parts, ServiceAllocator.FirstAddress(options.ServiceRange), options.InitialObjects);
        // Nobody has seen what was before: a watch from there is too old, as in a cluster that has been running.
        store.Compact();
        return new ClusterParts(store, server, tokens, admission);
    }

    public void Dispose()
    {
        _admission.Dispose();
        _tokens.Dispose();
    }
}
