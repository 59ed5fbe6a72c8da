using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>nat, masq and redir: what they ask of connection tracking.</summary>
internal static class Rewriting
{
    // NF_NAT_RANGE_*
    private const uint Random = 4;
    private const uint Persistent = 8;
    private const uint FullyRandom = 16;
    private const uint Offset = 32;
    private const uint NetworkMap = 64;

    internal static bool Step(RuleEvaluation evaluation, object expression, RuleState state)
    {
        if (expression is Nat { Family: not NfFamily.Inet } of && of.Family != FamilyOf(state.Packet))
        {
            // nft_nat_inet_eval(): what is of the other family goes on.
            evaluation.Leave(state);
            return true;
        }

        NatRequest? request = expression switch
        {
            Nat nat => Of(nat, state),
            Masquerade masquerade => new NatRequest(NatManipulation.Source) { IsMasquerade = true, IsRandom = IsRandom(masquerade.Flags) },
            MasqueradeToPorts masquerade => new NatRequest(NatManipulation.Source)
            {
                IsMasquerade = true,
                Ports = PortsOf(state, masquerade.Port, masquerade.PortMax),
                IsRandom = IsRandom(masquerade.Flags),
            },
            Redirect redirect => new NatRequest(NatManipulation.Destination)
            {
                IsRedirect = true,
                Ports = PortsOf(state, redirect.Port, redirect.PortMax),
                IsRandom = IsRandom(redirect.Flags),
            },
            _ => null,
        };
        if (request is null)
        {
            return false;
        }

        // Without a connection there is nothing to rewrite.
        evaluation.End(state, state.Ended(WalkVerdict.Accept) with { Nat = request, Effect = null });
        return true;
    }

    private static NatRequest Of(Nat nat, RuleState state)
    {
        int length = nat.Family == NfFamily.Ip6 ? 16 : 4;
        return new NatRequest(nat.Type == NatType.Source ? NatManipulation.Source : NatManipulation.Destination)
        {
            First = AddressOf(state, nat.Address, length),
            Last = AddressOf(state, nat.AddressMax ?? nat.Address, length),
            Ports = PortsOf(state, nat.Port, nat.PortMax),
            IsRandom = IsRandom(nat.Flags),
            IsPersistent = (nat.Flags & Persistent) != 0,
            IsNetworkMap = (nat.Flags & NetworkMap) != 0,
            PortBase = (nat.Flags & Offset) != 0 ? state.Packet.DestinationPort : null,
        };
    }

    private static NfFamily FamilyOf(WalkPacket packet) =>
        packet.Family == AddressFamily.InterNetworkV6 ? NfFamily.Ip6 : NfFamily.Ip;

    private static bool IsRandom(uint flags) => (flags & (Random | FullyRandom)) != 0;

    private static IPAddress? AddressOf(RuleState state, Register? register, int length) =>
        register is Register place ? new IPAddress(state.Registers.Read(place, length).Bytes) : null;

    private static PortInterval? PortsOf(RuleState state, Register? first, Register? last)
    {
        if (first is not Register place)
        {
            return null;
        }

        ushort low = DataValue.FromBytes(state.Registers.Read(place, 2).Bytes).ToPort();
        ushort high = last is Register end ? DataValue.FromBytes(state.Registers.Read(end, 2).Bytes).ToPort() : low;
        return new PortInterval(low, high);
    }
}
