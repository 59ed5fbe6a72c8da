using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>A netlink request of the nf_tables subsystem.</summary>
internal static class NfTablesRequest
{
    internal static NetlinkRequest Create(
        string operation, MessageKind kind, NfFamily family, MessageFlags flags, PayloadWriter attributes) => new(
        operation,
        NetfilterHeader.MessageType(NetfilterSubsystem.NfTables, (int)kind),
        flags,
        (ref MessageWriter writer) =>
        {
            new NetfilterHeader((byte)family, 0).Write(ref writer);
            attributes(ref writer);
        },
        NetfilterHeader.Size,
        AttributeNames.Find);
}
