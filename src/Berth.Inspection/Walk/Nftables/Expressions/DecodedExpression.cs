using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// An expression that <see cref="Berth.NfTables"/> keeps as it came, because nothing that changes the kernel needs it.
/// Where the kernel's own names are short, the record's are words: "rt" is <see cref="RouteLoad"/>.
/// </summary>
internal abstract record DecodedExpression
{
    /// <summary>What an expression is; null when it is of a kind, or has an option, that is not known here either.</summary>
    internal static DecodedExpression? Of(UnknownExpression expression)
    {
        try
        {
            ReadOnlySpan<byte> data = expression.Data.Bytes;
            return expression.KindName switch
            {
                "rt" => RouteLoad.Read(data),
                "numgen" => NumberGenerator.Read(data),
                "hash" => HashLoad.Read(data),
                "redir" => Redirect.Read(data),
                "notrack" => new Untrack(),
                "reject" => Reject.Read(data),
                "limit" => RateLimit.Read(data),
                "quota" => Quota.Read(data),
                "connlimit" => ConnectionLimit.Read(data),
                "queue" => ToQueue.Read(data),
                "tproxy" => TransparentProxy.Read(data),
                "log" => Log.Read(data),
                "dynset" => SetUpdate.Read(data),
                "objref" => ObjectReference.Read(data),
                "exthdr" => ExtensionHeader.Read(data),
                "socket" => SocketLoad.Read(data),
                "bitwise" => BitShift.Read(data),
                "flow_offload" => FlowOffload.Read(data),
                "masq" => MasqueradeToPorts.Read(data),
                "payload" => PayloadWrite.Read(data),
                _ => null,
            };
        }
        catch (Exception e) when (e is NetlinkFormatException or OverflowException)
        {
            // A length or a number that this attribute does not have in any kernel: not what is known here.
            return null;
        }
    }
}
