namespace Berth.HostPorts.Configuration;

/// <summary>What a mapping that is wanted would take from one that is held in another place, see <see cref="PortClaim"/>.</summary>
internal enum ClaimOverlap
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Nothing: what is held wins at its address, and what is wanted has all others. Only of who is gone it is taken.</summary>
    Beside,

    /// <summary>Some of its traffic: taking the port would take the rest too, from a holder who may be alive.</summary>
    Partial,

    /// <summary>All of it.</summary>
    Covered,
}
