using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>Reads the sockets that answer whoever comes, of every transport protocol that has ports.</summary>
internal static class SocketsOfNode
{
    private static ReadOnlySpan<byte> Protocols => [6, 17, 132, 136]; // TCP, UDP, SCTP, UDP-Lite

    internal static Part<IReadOnlyList<DiagnosedSocket>> Read()
    {
        using SocketConnection connection = SocketConnection.Open();
        List<DiagnosedSocket> sockets = [];
        foreach (byte protocol in Protocols)
        {
            foreach (DiagnosedSocket socket in connection.Answering(protocol) ?? [])
            {
                // A socket that was never bound answers nobody.
                if (socket.LocalPort != 0)
                {
                    sockets.Add(socket);
                }
            }
        }

        return Part.Of<IReadOnlyList<DiagnosedSocket>>(sockets);
    }
}
