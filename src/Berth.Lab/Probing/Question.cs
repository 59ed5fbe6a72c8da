using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink;

namespace Berth.Lab;

/// <summary>Asks a server once, from a namespace.</summary>
internal static class Question
{
    private const int Largest = 64 * 1024;

    /// <summary>Asks, over a new connection or from a new port.</summary>
    /// <param name="from">Where the socket is opened.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="to">Who is asked.</param>
    /// <param name="patience">How long to wait for an answer, a refusal included.</param>
    public static Answer Ask(NetworkNamespace from, ProtocolType protocol, IPEndPoint to, TimeSpan patience)
    {
        using Socket socket = from.Run(() => new Socket(
            AddressFamily.InterNetwork, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol));
        socket.Blocking = false;
        int microseconds = (int)(patience.Ticks / (TimeSpan.TicksPerMillisecond / 1000));
        try
        {
            return protocol == ProtocolType.Tcp ? Stream(socket, to, microseconds) : Datagram(socket, to, microseconds);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused or SocketError.ConnectionReset => new Answer(Outcome.Refused),
                SocketError.WouldBlock or SocketError.TimedOut => new Answer(Outcome.TimedOut),
                _ => new Answer(Outcome.Unreachable),
            };
        }
    }

    private static Answer Stream(Socket socket, IPEndPoint to, int patience)
    {
        bool isConnected = true;
        try
        {
            socket.Connect(to);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            isConnected = socket.Poll(patience, SelectMode.SelectWrite);
        }

        // Of a refusal by ICMP the kernel reports the error alone, which Poll takes for silence.
        int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
        {
            throw new SocketException(error);
        }

        if (!isConnected)
        {
            return new Answer(Outcome.TimedOut);
        }

        try
        {
            return Converse(socket, patience);
        }
        catch (SocketException)
        {
            // The other side was there, and hung up.
            return new Answer(Outcome.Silent);
        }
    }

    private static Answer Converse(Socket socket, int patience)
    {
        socket.Send("GET / HTTP/1.0\r\nHost: lab\r\n\r\n"u8);
        byte[] buffer = new byte[Largest];
        int length = 0;
        // Until the line is there; what is no answer of the lab's may be kept open for more.
        while (length < buffer.Length && !IsComplete(buffer.AsSpan(0, length)) && socket.Poll(patience, SelectMode.SelectRead))
        {
            int count = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (count == 0)
            {
                break;
            }

            length += count;
            if (buffer.AsSpan(0, length).IndexOf("HTTP/"u8) != 0 && buffer.AsSpan(0, length).IndexOf("name="u8) != 0)
            {
                break;
            }
        }

        return length == 0 ? new Answer(Outcome.Silent) : Answer.Parse(Encoding.Latin1.GetString(buffer, 0, length));
    }

    private static bool IsComplete(ReadOnlySpan<byte> text) =>
        text.IndexOf("source="u8) is int at and >= 0 && text[at..].IndexOf((byte)'\n') >= 0;

    private static Answer Datagram(Socket socket, IPEndPoint to, int patience)
    {
        socket.Connect(to);
        socket.Send("?"u8);

        // Poll says false for an error as for silence: only receiving tells them apart.
        socket.Poll(patience, SelectMode.SelectRead);
        byte[] buffer = new byte[Largest];
        int count = socket.Receive(buffer);
        return Answer.Parse(Encoding.Latin1.GetString(buffer, 0, count));
    }
}
