namespace Berth.Netlink;

/// <summary>
/// Carries datagrams to the kernel and back: a socket in production, <see cref="RecordingTransport"/> in tests.
/// The kernel handles a request inside the send, so when a send has returned, its answers (of a dump: the first part)
/// are already waiting.
/// </summary>
public interface INetlinkTransport : IDisposable
{
    /// <summary>Sends one datagram of one or more messages.</summary>
    /// <exception cref="NetlinkErrorException">The kernel did not take it.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Receives one datagram.</summary>
    /// <param name="buffer">Where it goes; a datagram that does not fit is an error, not cut.</param>
    /// <param name="wait">Whether to wait for one.</param>
    /// <returns>Bytes received; 0 when nothing is there and <paramref name="wait"/> is false.</returns>
    /// <exception cref="NetlinkOverrunException">Datagrams were lost (ENOBUFS).</exception>
    /// <exception cref="NetlinkErrorException">Nothing came within ten seconds, or the socket failed.</exception>
    int Receive(Span<byte> buffer, bool wait);

    /// <summary>
    /// Whether to let the kernel close it after the process has gone on, where it can: for whoever has deleted something,
    /// and would be made to wait (see docs/decisions/0003-closing-sockets.md).
    /// </summary>
    bool ClosesInBackground
    {
        get => false;
        set { }
    }

    /// <summary>Makes room for a datagram of <paramref name="send"/> bytes and answers of <paramref name="receive"/>.</summary>
    void Reserve(int send, int receive);
}
