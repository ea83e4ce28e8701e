namespace Isthmus.Core.Endpoints;

public enum RouteKind
{
    /// <summary>Kept out before endpoints are grouped by locality.</summary>
    LeftOut,
    /// <summary>Kept out afterwards: its locality's group stays, maybe empty.</summary>
    Dropped,
    Direct,
    /// <summary>By a gateway of its cluster or network.</summary>
    Gateway,
}
