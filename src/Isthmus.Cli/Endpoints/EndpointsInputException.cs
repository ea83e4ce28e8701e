namespace Isthmus.Cli.Endpoints;

internal sealed class EndpointsInputException(string message) : Exception(message);
