namespace Berth.Walk.Tests.Judge;

/// <summary>Reads the node again and again: what only the topology decides once, what rulesets change each time.</summary>
internal sealed class NodeState(NodeSnapshot first)
{
    internal NodeSnapshot Read() => first with
    {
        NfTables = PartReader.Read(RulesetReader.Read),
        LegacyIptables = PartReader.Read(LegacyIptablesReader.Read),
        IpSets = PartReader.Read(() =>
        {
            using Netlink.IpSets.IpSetConnection connection = Netlink.IpSets.IpSetConnection.Open();
            return Part.Of(connection.Sets() ?? []);
        }),
        Ipvs = PartReader.Read(IpvsReader.Read),
        Sysctls = PartReader.Read(SysctlReader.Read),
    };
}
