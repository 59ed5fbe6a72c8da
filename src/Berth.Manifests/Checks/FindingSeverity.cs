namespace Berth.Manifests;

/// <summary>How bad a <see cref="Finding"/> is. The order is that of <c>--severity</c>.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know, or a risk in some clusters only.</summary>
    Note,

    /// <summary>Works until something else happens, or works otherwise than it reads.</summary>
    Warning,

    /// <summary>Refused, never scheduled, or traffic goes where nobody meant it to go.</summary>
    Error,
}
