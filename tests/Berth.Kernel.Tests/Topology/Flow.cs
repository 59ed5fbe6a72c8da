using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink;

namespace Berth.Kernel.Tests.Topology;

/// <summary>A client socket in a namespace, and what comes back to it. A UDP flow may ask again and again from the
/// same port.</summary>
internal sealed class Flow : IDisposable
{
    /// <summary>Milliseconds to wait for an answer that should come, a refusal included. It takes far less than one; the
    /// rest is for a busy machine.</summary>
    internal const int Patience = 15_000;

    /// <summary>Milliseconds to wait where silence is expected: a busy machine makes no test fail that waits too short.
    /// </summary>
    internal const int Silence = 300;

    private readonly Socket _socket;
    private readonly IPEndPoint _server;
    private bool _connected;

    internal Flow(NetworkNamespace place, Transport transport, IPEndPoint server, IPAddress? from = null)
    {
        _server = server;
        _socket = place.Run(() => transport == Transport.Tcp
            ? new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        _socket.Blocking = false;
        if (from is not null)
        {
            _socket.Bind(new IPEndPoint(from, 0));
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Asks, and waits for the answer.</summary>
    internal Answer Ask(int timeout = Patience)
    {
        try
        {
            return _socket.SocketType == SocketType.Stream ? Connect(timeout) : Exchange(timeout);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused
            or SocketError.ConnectionReset or SocketError.HostUnreachable or SocketError.NetworkUnreachable
            or SocketError.AccessDenied)
        {
            return Answer.Refused;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock
            or SocketError.TimedOut)
        {
            return Answer.TimedOut;
        }
        catch (SocketException exception)
        {
            return Answer.Received(exception.SocketErrorCode.ToString());
        }
    }

    private Answer Connect(int timeout)
    {
        try
        {
            _socket.Connect(_server);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock
            or SocketError.InProgress)
        {
            if (!_socket.Poll(timeout * 1000, SelectMode.SelectWrite))
            {
                return Answer.TimedOut;
            }
        }

        int error = (int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == 0 ? Receive(timeout) : throw new SocketException(error);
    }

    private Answer Exchange(int timeout)
    {
        if (!_connected)
        {
            _socket.Connect(_server);
            _connected = true;
        }

        _socket.Send("?"u8);
        return Receive(timeout);
    }

    private Answer Receive(int timeout)
    {
        // Poll says false for an error as for silence: only receiving tells them apart.
        _socket.Poll(timeout * 1000, SelectMode.SelectRead);
        Span<byte> buffer = stackalloc byte[512];
        int count = _socket.Receive(buffer);
        return count == 0 ? Answer.Refused : Answer.Received(Encoding.UTF8.GetString(buffer[..count]));
    }
}
