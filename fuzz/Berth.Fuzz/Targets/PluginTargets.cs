using System.Net;
using Berth.Cni;
using Berth.HostPorts;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Fuzz;

/// <summary>What the plugin makes of the kernel's answers before it changes anything: the state of its tables, who holds what, the
/// reference plugin's table, and the chains of iptables' nft flavour.</summary>
internal static class PluginTargets
{
    private static readonly AttachmentId Id = new("podnet", "c0ffee", "eth0");

    private static readonly Attachment Pod = new(Id, new(IPAddress.Parse("10.1.0.5"), IPAddress.Parse("fd00:1::5")), "shop/web");

    private static readonly HostPortConfiguration Configuration = HostPortConfiguration.Parse(ConfigurationReader.Parse([.. """
        {"name":"podnet","onConflict":"fail","runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"},
         {"hostPort":8443,"containerPort":443,"protocol":"tcp","hostIP":"192.0.2.1"},
         {"hostPort":30000,"hostPortEnd":30999,"containerPort":30000,"protocol":"udp"}]}}
        """u8]));

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget(
            "plugin-state", InputShape.Netlink, ["nftables"], [typeof(NetlinkException), typeof(HostPortException)], State);
        yield return new FuzzTarget("iptables-nft", InputShape.Netlink, ["nftables"], [typeof(NetlinkException)], Chains);
    }

    private static void State(byte[] input)
    {
        using NfTablesConnection connection = new(NetlinkTargets.Connection(input));
        List<FamilyState> states = [];
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            BerthTable table = new(family);
            FamilyPlan? plan = input.Length % 2 == 0 ? FamilyPlan.Make(table, Pod, Configuration, static _ => "cni0") : null;
            states.Add(new FamilyState(table, plan, Id.Owner, "podnet"));
        }

        StateReader.Read(connection, states, chains: true);
        foreach (FamilyState state in states)
        {
            Transaction transaction = new();
            if (state.Plan is not null)
            {
                state.Schema.Repair(transaction);
            }

            state.ReadParts(connection);
            ElementChanges changes = new();
            state.Links.Move(changes, 0);
            foreach ((Set set, Element element) in OwnedElements.Find(connection, state.OwnableSets(), static _ => true))
            {
                _ = state.HoldingOf(set, element);
                changes.Replace(set, element, null);
            }

            changes.WriteTo(transaction);
            state.Reference.All(connection);
        }

        if (input.Length % 2 == 0)
        {
            Conflicts.Refuse(connection, states);
        }
    }

    private static void Chains(byte[] input)
    {
        using NfTablesConnection connection = new(NetlinkTargets.Connection(input));
        _ = NftNatTable.ReadOnce(connection, input.Length % 2 == 0 ? NfFamily.Ip : NfFamily.Ip6, []);
    }
}
