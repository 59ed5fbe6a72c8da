using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>The conntrack match as the kernel keeps it.</summary>
internal static class ConntrackStructure
{
    private const int AskState = 1 << 0;
    private const int AskProtocol = 1 << 1;
    private const int AskOriginalSource = 1 << 2;
    private const int AskOriginalDestination = 1 << 3;
    private const int AskReplySource = 1 << 4;
    private const int AskReplyDestination = 1 << 5;
    private const int AskStatus = 1 << 6;
    private const int AskExpires = 1 << 7;
    private const int AskOriginalSourcePort = 1 << 8;
    private const int AskOriginalDestinationPort = 1 << 9;
    private const int AskReplySourcePort = 1 << 10;
    private const int AskReplyDestinationPort = 1 << 11;
    private const int AskDirection = 1 << 12;
    private const int IsState = 1 << 13; // XT_CONNTRACK_STATE_ALIAS: it was "-m state"

    // Offsets; each address is followed by its mask.
    private const int OriginalSource = 0;
    private const int OriginalDestination = 32;
    private const int ReplySource = 64;
    private const int ReplyDestination = 96;
    private const int Expires = 128;
    private const int Protocol = 136;
    private const int Ports = 138;
    private const int Asked = 146;
    private const int Inverted = 148;
    private const int State = 150;
    private const int LastPorts = 154;

    internal static IptablesMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(1, 152) && !s.Is(2, 154) && !s.Is(3, 162))
        {
            return null;
        }

        int asked = s.UInt16(Asked);
        int inverted = s.UInt16(Inverted);
        TrackedStates states = (TrackedStates)(s.Revision == 1 ? s.Byte(State) : s.UInt16(State));
        if ((asked & IsState) != 0)
        {
            return new StateMatch(states, (inverted & AskState) != 0);
        }

        AddressTest? Address(int flag, int offset) =>
            (asked & flag) != 0 ? s.AddressTest(offset, (inverted & flag) != 0) : null;
        PortTest? Port(int flag, int index)
        {
            if ((asked & flag) == 0)
            {
                return null;
            }

            // Only the third revision has ranges, and numbers in host byte order.
            int at = Ports + (2 * index);
            PortInterval ports = s.Revision == 3
                ? new PortInterval(s.UInt16(at), s.UInt16(LastPorts + (2 * index)))
                : new PortInterval(s.NetworkUInt16(at), s.NetworkUInt16(at));
            return new PortTest(ports, (inverted & flag) != 0);
        }

        uint status = s.Revision == 1 ? s.Byte(State + 1) : s.UInt16(State + 2);
        return new ConntrackMatch
        {
            States = (asked & AskState) != 0 ? states : null,
            AreStatesInverted = (asked & inverted & AskState) != 0,
            Protocol = (asked & AskProtocol) != 0 ? s.UInt16(Protocol) : null,
            IsProtocolInverted = (asked & inverted & AskProtocol) != 0,
            OriginalSource = Address(AskOriginalSource, OriginalSource),
            OriginalDestination = Address(AskOriginalDestination, OriginalDestination),
            ReplySource = Address(AskReplySource, ReplySource),
            ReplyDestination = Address(AskReplyDestination, ReplyDestination),
            OriginalSourcePort = Port(AskOriginalSourcePort, 0),
            OriginalDestinationPort = Port(AskOriginalDestinationPort, 1),
            ReplySourcePort = Port(AskReplySourcePort, 2),
            ReplyDestinationPort = Port(AskReplyDestinationPort, 3),
            Status = (asked & AskStatus) != 0 ? (FlowStatus)status : null,
            IsStatusInverted = (asked & inverted & AskStatus) != 0,
            Expires = (asked & AskExpires) != 0 ? (s.UInt32(Expires), s.UInt32(Expires + 4)) : null,
            IsExpiresInverted = (asked & inverted & AskExpires) != 0,
            Direction = (asked & AskDirection) == 0 ? null : (inverted & AskDirection) != 0 ? (byte)1 : (byte)0,
        };
    }
}
