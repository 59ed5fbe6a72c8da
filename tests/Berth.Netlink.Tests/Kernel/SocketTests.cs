using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Sockets;

namespace Berth.Netlink.Tests.Kernel;

/// <summary>What sock_diag tells, with ss as the judge.</summary>
[Collection(IsolatedTests.Name)]
public sealed class SocketTests : IDisposable
{
    private const byte Tcp = 6;
    private const byte Udp = 17;

    private readonly List<Socket> _sockets = [];
    private readonly SocketConnection _connection;

    public SocketTests()
    {
        Isolation.Require();
        _connection = SocketConnection.Open();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public void Answering_sockets_are_those_that_ss_shows()
    {
        Bind(SocketType.Stream, "127.0.0.1").Listen();
        Bind(SocketType.Stream, "0.0.0.0").Listen();
        Bind(SocketType.Stream, "::").Listen();
        Bind(SocketType.Stream, "::", isIPv6Only: true).Listen();
        Bind(SocketType.Stream, "10.1.0.1"); // bound, and does not answer
        Bind(SocketType.Dgram, "127.0.0.1");
        Bind(SocketType.Dgram, "::1");
        Socket connected = Bind(SocketType.Dgram, "127.0.0.1");
        connected.Connect(IPAddress.Loopback, 9);

        Assert.Equal(Shown("-tlneH"), Read(Tcp));
        Assert.Equal(Shown("-uaneH state unconnected"), Read(Udp));
        Assert.DoesNotContain(Read(Udp), line => line.StartsWith($"127.0.0.1 {Port(connected)} ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_socket_of_both_families_is_told_from_one_of_IPv6_only()
    {
        Socket both = Bind(SocketType.Stream, "::");
        Socket one = Bind(SocketType.Stream, "::", isIPv6Only: true);
        both.Listen();
        one.Listen();
        IReadOnlyList<DiagnosedSocket> sockets = _connection.Answering(Tcp)!;
        Assert.False(Assert.Single(sockets, socket => socket.LocalPort == Port(both)).IsIPv6Only);
        Assert.True(Assert.Single(sockets, socket => socket.LocalPort == Port(one)).IsIPv6Only);
    }

    [Fact]
    public void A_protocol_that_the_kernel_cannot_tell_of_is_null() => Assert.Null(_connection.Answering(33));

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private Socket Bind(SocketType type, string address, bool isIPv6Only = false)
    {
        IPAddress local = IPAddress.Parse(address);
        Socket socket = new(local.AddressFamily, type, ProtocolType.Unspecified);
        _sockets.Add(socket);
        if (local.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = !isIPv6Only;
        }

        socket.Bind(new IPEndPoint(local, 0));
        return socket;
    }

    private List<string> Read(byte protocol)
    {
        List<string> lines = [];
        foreach (DiagnosedSocket socket in _connection.Answering(protocol)!)
        {
            bool isBoth = socket.Local.Equals(IPAddress.IPv6Any) && socket.IsIPv6Only == false;
            lines.Add($"{(isBoth ? "*" : socket.Local)} {socket.LocalPort} {socket.Inode} {socket.User}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static List<string> Shown(string arguments)
    {
        using Process ss = Process.Start(
            new ProcessStartInfo("ss", arguments) { RedirectStandardOutput = true })!;
        string output = ss.StandardOutput.ReadToEnd();
        ss.WaitForExit();
        Assert.Equal(0, ss.ExitCode);
        List<string> lines = [];
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string local = Array.Find(words[2..], word => word.Contains(':', StringComparison.Ordinal))!;
            int colon = local.LastIndexOf(':');
            lines.Add($"{local[..colon].Trim('[', ']')} {local[(colon + 1)..]} {Field(words, "ino")} {Field(words, "uid") ?? "0"}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static string? Field(string[] words, string name) =>
        Array.Find(words, word => word.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..];
}
