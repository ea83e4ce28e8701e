using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Arm;

/// <summary>Azure Resource Manager refused a request. The message is its own, without headers.</summary>
public sealed class ArmException(int status, string code, string message) : Exception($"HTTP {status} {code}: {Redaction.Text(message)}")
{
    public int Status { get; } = status;

    /// <summary>ARM's own word for the reason, such as ResourceNotFound; empty where it gave none.</summary>
    public string Code { get; } = code;

    /// <summary>Somebody else wrote first, or what it stands in has gone: observe again and plan anew.</summary>
    public bool IsConflict => Status is 412 or 404;

    /// <summary>It would refuse every other request as well.</summary>
    public bool ConcernsAll => Status is 401 or 403 or 429 or >= 500;
}

/// <summary>Azure Resource Manager did not answer, or no token was given for it.</summary>
public sealed class ArmUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
