using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Lab;

/// <summary>
/// Answers every connection and every datagram with one line: its name, the address at which it was asked, and the source
/// address that it saw. To HTTP it answers as a web server would, so that curl is content too.
/// </summary>
public sealed class EchoServer
{
    // Who says nothing, such as nc, is answered all the same.
    private const int PatienceMicroseconds = 300_000;

    private readonly string _name;
    private readonly List<Socket> _sockets = [];

    /// <summary>Opens its sockets in the network namespace of this process.</summary>
    /// <param name="name">The name that it answers with.</param>
    /// <param name="ports">Ports such as <c>80/tcp</c> and <c>53/udp</c>.</param>
    /// <exception cref="SocketException">A port is taken.</exception>
    /// <exception cref="FormatException">A port is none.</exception>
    public EchoServer(string name, IReadOnlyList<string> ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        _name = name;
        foreach (string port in ports)
        {
            string[] parts = port.Split('/');
            bool udp = parts is [_, "udp"];
            Socket socket = new(AddressFamily.InterNetwork, udp ? SocketType.Dgram : SocketType.Stream, udp ? ProtocolType.Udp : ProtocolType.Tcp);
            // With the address that the datagram was sent to.
            if (udp)
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
            }

            // .NET's ReuseAddress would be SO_REUSEPORT too, by which a second pod in the node's network shares the port.
            socket.Bind(new IPEndPoint(IPAddress.Any, ushort.Parse(parts[0])));
            if (!udp)
            {
                socket.Listen(128);
            }

            _sockets.Add(socket);
        }
    }

    /// <summary>Answers until the process ends.</summary>
    public void Run()
    {
        if (_sockets.Count == 0)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        while (true)
        {
            List<Socket> ready = [.. _sockets];
            Socket.Select(ready, null, null, -1);
            foreach (Socket socket in ready)
            {
                try
                {
                    Serve(socket);
                }
                catch (SocketException)
                {
                    // The client went away, or an ICMP error came back: the next one is served all the same.
                }
            }
        }
    }

    private void Serve(Socket socket)
    {
        if (socket.SocketType == SocketType.Stream)
        {
            Socket connection = socket.Accept();
            new Thread(() => Answer(connection)) { IsBackground = true }.Start();
            return;
        }

        byte[] datagram = new byte[2048];
        SocketFlags flags = SocketFlags.None;
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        socket.ReceiveMessageFrom(datagram, 0, datagram.Length, ref flags, ref source, out IPPacketInformation packet);
        socket.SendTo(Text(packet.Address, source), source);
    }

    private void Answer(Socket connection)
    {
        using (connection)
        {
            try
            {
                byte[] request = new byte[2048];
                int count = connection.Poll(PatienceMicroseconds, SelectMode.SelectRead) ? connection.Receive(request) : 0;
                byte[] answer = Text(((IPEndPoint)connection.LocalEndPoint!).Address, connection.RemoteEndPoint!);
                bool isHttp = request.AsSpan(0, count).StartsWith("GET "u8);
                byte[] header = isHttp
                    ? Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {answer.Length}\r\n\r\n")
                    : [];

                // One packet: the second of two would wait for the first one's acknowledgement.
                connection.Send((byte[])[.. header, .. answer]);
                connection.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The client went away.
            }
        }
    }

    private byte[] Text(IPAddress own, EndPoint source) => Encoding.UTF8.GetBytes(
        $"name={_name} address={own} source={((IPEndPoint)source).Address}\n");
}
