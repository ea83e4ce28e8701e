namespace Isthmus.Cli.Inject;

/// <summary>Options or files that do not serve; the message goes to the user as it is.</summary>
internal sealed class InjectInputException(string message, Exception? inner = null) : Exception(message, inner);
