using System.Net;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>Whether a socket of the node is where a packet goes (struct xt_socket_mtinfo1 to 3).</summary>
internal sealed record SocketMatch(bool IsTransparent, bool IsWildcardCounted, bool IsRestoringMark) : IptablesMatch
{
    private const int Transparent = 1;
    private const int NoWildcard = 2;
    private const int RestoreMark = 4;
    private const byte Tcp = 6;
    private const byte Udp = 17;

    internal override string Name => "socket";

    internal static SocketMatch? Parse(RuleOptions options)
    {
        SocketMatch match = new(false, false, false);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--transparent":
                    match = match with { IsTransparent = true };
                    break;
                case "--nowildcard":
                    match = match with { IsWildcardCounted = true };
                    break;
                case "--restore-skmark":
                    match = match with { IsRestoringMark = true };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static SocketMatch? Read(ExtensionStructure s)
    {
        if (s.Revision == 0)
        {
            return new SocketMatch(false, false, false);
        }

        if (s.Revision > 3 || s.Info.Length < 1)
        {
            return null;
        }

        int flags = s.Byte(0);
        return new SocketMatch((flags & Transparent) != 0, (flags & NoWildcard) != 0, (flags & RestoreMark) != 0);
    }

    internal override void Print(SavedText text)
    {
        text.Flag(IsTransparent, "--transparent");
        text.Flag(IsWildcardCounted, "--nowildcard");
        text.Flag(IsRestoringMark, "--restore-skmark");
    }

    /// <summary>
    /// Sockets that wait for connections are in a snapshot; those of connections are not.
    /// What waits on every address does not count unless --nowildcard is there (the name is misleading).
    /// </summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (packet.Protocol is not (Tcp or Udp))
        {
            return MatchAnswer.No;
        }

        if (node.Snapshot.Sockets.Value is null)
        {
            return MatchAnswer.NotKnown($"socket: which sockets there are: {node.Snapshot.Sockets.Reason}");
        }

        if ((packet.State & WalkState.New) == 0)
        {
            return MatchAnswer.NotKnown("socket: whether the connection has a socket on this node");
        }

        DiagnosedSocket? found = LocalSockets.Of(node, packet);
        if (found is null || (IsAny(found.Local) && !IsWildcardCounted))
        {
            return MatchAnswer.No;
        }

        return IsTransparent && found.IsTransparent == false ? MatchAnswer.No
            : IsTransparent && found.IsTransparent is null ? MatchAnswer.NotKnown("socket: whether the socket is transparent")
            : IsRestoringMark ? MatchAnswer.NotKnown("socket: the mark of the socket")
            : MatchAnswer.Yes;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
