using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Rewrites the network of an address, and leaves the host (NETMAP): the destination before routing, else the source.</summary>
internal sealed record NetworkMapTarget(AddressTest Network) : IptablesTarget
{
    internal static NetworkMapTarget? Parse(RuleOptions options)
    {
        AddressTest? network = null;
        while (options.Next())
        {
            if (options.Option != "--to")
            {
                return null;
            }

            network = options.Address();
        }

        return network is AddressTest to ? new NetworkMapTarget(to) : null;
    }

    internal static NetworkMapTarget? Read(ExtensionStructure s)
    {
        if (NatRange.Read(s) is not { Addresses: (UInt128 first, UInt128 last) })
        {
            return null;
        }

        AddressFamily family = s.Context.Family;
        UInt128 all = AddressBits.Mask(family, AddressBits.Length(family));
        return new NetworkMapTarget(new AddressTest(family, first, all & ~(first ^ last), false));
    }

    internal override void Print(SavedText text) => text.Word("-j").Word("NETMAP").Option(false, "--to", Network.ShortText);

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        NatManipulation manipulation = packet.Hook is NfHook.Prerouting or NfHook.Output
            ? NatManipulation.Destination
            : NatManipulation.Source;
        UInt128 all = AddressBits.Mask(Network.Family, AddressBits.Length(Network.Family));
        return new RuleOutcome(packet, WalkVerdict.Accept)
        {
            Nat = new NatRequest(manipulation)
            {
                First = AddressBits.ToAddress(Network.Family, Network.Bits),
                Last = AddressBits.ToAddress(Network.Family, Network.Bits | (all & ~Network.Mask)),
                IsNetworkMap = true,
            },
        };
    }
}
