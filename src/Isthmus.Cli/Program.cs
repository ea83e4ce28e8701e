using System.CommandLine;
using Isthmus.Cli.Checks;
using Isthmus.Cli.Demo;
using Isthmus.Cli.Documents;
using Isthmus.Cli.Endpoints;
using Isthmus.Cli.Events;
using Isthmus.Cli.Inject;
using Isthmus.Cli.Local;
using Isthmus.Cli.Mesh;
using Isthmus.Cli.Trust;

var root = new RootCommand("Isthmus governs Istio service meshes that span several Kubernetes clusters.")
{
    DemoCommand.Create(),
    HostCommand.Create(),
    InjectCommand.Create(),
    EndpointsCommand.Create(),
    TrustCommands.Create(),
    EventsCommands.Create(),
    StatusCommand.Create(),
    PlanCommand.Create(),
    ApplyCommand.Create(),
    CheckCommand.Create(),
    DocumentCommands.Create(),
};
// A write that is under way when Ctrl-C comes is awaited, so that nobody has to guess whether it landed.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { Error = new RedactingWriter(Console.Error), ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
