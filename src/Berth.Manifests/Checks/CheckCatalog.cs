namespace Berth.Manifests;

/// <summary>All checks.</summary>
public static class CheckCatalog
{
    /// <summary>Sorted by id.</summary>
    public static IReadOnlyList<LintCheck> All { get; } =
    [
        new DuplicateHostPortCheck(),
        new EphemeralPortCheck(),
        new HostIPLoopbackCheck(),
        new HostIPUnspecifiedCheck(),
        new HostIPWithoutHostPortCheck(),
        new HostNetworkDnsPolicyCheck(),
        new HostNetworkNetRawCheck(),
        new HostNetworkPolicyCheck(),
        new HostNetworkPortMismatchCheck(),
        new HostNetworkUndeclaredPortsCheck(),
        new HostNetworkWithoutNeedCheck(),
        new HostPortCollisionCheck(),
        new HostPortWithoutNeedCheck(),
        new InvalidHostPortCheck(),
        new IPv6HostIPCheck(),
        new LintIgnoreCheck(),
        new NodePortConflictCheck(),
        new NodePortRangeCheck(),
        new NodeServicePortCheck(),
        new ProtocolTwinCheck(),
        new ReplicasExceedNodesCheck(),
        new RollingUpdateDeadlockCheck(),
        new ServicePortHijackCheck(),
    ];

    /// <summary>The check of an id, or null.</summary>
    public static LintCheck? Find(string id) => All.FirstOrDefault(check => check.Id == id);
}
