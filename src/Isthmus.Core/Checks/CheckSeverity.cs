namespace Isthmus.Core.Checks;

/// <summary>How much a finding matters: an error keeps the mesh from working, a warning may.</summary>
public enum CheckSeverity
{
    Ok,
    Warning,
    Error,
}
