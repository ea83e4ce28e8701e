namespace Isthmus.Cli.Local;

/// <summary>The command line does not fit what it is about; the message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
