using System.Net;
using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Route;

namespace Berth.Kernel.Tests.Topology;

/// <summary>Anything with a network stack of its own: the node, a pod, the machine outside. Where it serves and asks,
/// real sockets do.</summary>
internal class Host : IDisposable
{
    private readonly List<EchoServer> _servers = [];

    internal Host(string name, string netnsName)
    {
        Name = name;
        NetnsName = netnsName;
        NetnsPath = "/run/netns/" + netnsName;
        Namespace = NetworkNamespace.Create();
        Namespace.BindTo(NetnsPath);
        SetSysctl("net.ipv6.conf.all.accept_dad", "0");
        SetSysctl("net.ipv6.conf.default.accept_dad", "0");
    }

    internal string Name { get; }

    internal string NetnsName { get; }

    internal string NetnsPath { get; }

    internal NetworkNamespace Namespace { get; }

    public virtual void Dispose()
    {
        foreach (EchoServer server in _servers)
        {
            server.Dispose();
        }

        NetworkNamespace.Unbind(NetnsPath);
        Namespace.Dispose();
        GC.SuppressFinalize(this);
    }

    internal CommandOutput Run(string program, params string[] arguments) => Command.Run(NetnsPath, program, arguments);

    /// <summary>
    /// Commands for <c>ip</c>, one a line; those of IPv6 only where the kernel has it. What they make is in use when this returns.
    /// </summary>
    internal void Ip(string batch)
    {
        batch = KernelFamilies.Supported(batch);
        Command.Run(NetnsPath, "ip", ["-batch", "-"], batch).Succeeded("ip " + batch);
        if (batch.Contains("nodad", StringComparison.Ordinal))
        {
            AwaitIPv6Addresses();
        }
    }

    /// <summary>Sends a ruleset to <c>nft -f</c>.</summary>
    internal void NftApply(string ruleset) =>
        Command.Run(NetnsPath, "nft", ["-f", "-"], ruleset).Succeeded("nft -f " + ruleset);

    internal string Nft(params string[] arguments) =>
        Command.Run(NetnsPath, "nft", arguments).Succeeded("nft " + string.Join(' ', arguments));

    internal string Sysctl(string name) => Namespace.Run(() => File.ReadAllText(SysctlPath(name)).Trim());

    internal void SetSysctl(string name, string value)
    {
        if (KernelFamilies.HaveIPv6 || !name.StartsWith("net.ipv6.", StringComparison.Ordinal))
        {
            Namespace.Run(() => File.WriteAllText(SysctlPath(name), value));
        }
    }

    /// <summary>Answers with its own name on a port of every local address, over TCP and UDP, IPv4 and IPv6.</summary>
    internal EchoServer Serve(int port, string? name = null) => Track(new EchoServer(
        Namespace, name ?? Name,
        KernelFamilies.HaveIPv6 ? [new(IPAddress.Any, port), new(IPAddress.IPv6Any, port)] : [new(IPAddress.Any, port)]));

    /// <summary>Answers with its own name on one address only.</summary>
    internal EchoServer ServeOn(IPAddress address, int port, string? name = null) =>
        Track(new EchoServer(Namespace, name ?? Name, [new(address, port)]));

    /// <summary>Asks once, over a new connection or from a new port.</summary>
    internal Answer Ask(
        Transport transport, IPAddress address, int port, IPAddress? from = null, int timeout = Flow.Patience)
    {
        using Flow flow = new(Namespace, transport, new IPEndPoint(address, port), from);
        return flow.Ask(timeout);
    }

    /// <summary>A client that keeps its source port from one question to the next.</summary>
    internal Flow OpenUdpFlow(IPAddress address, int port, IPAddress? from = null) =>
        new(Namespace, Transport.Udp, new IPEndPoint(address, port), from);

    // The kernel finishes an IPv6 address in the background (addrconf_dad_work()): until then it is listed, and not local.
    private void AwaitIPv6Addresses()
    {
        using RouteConnection routes = Namespace.Run(RouteConnection.Open);
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            if (routes.Addresses(AddressFamily.InterNetworkV6).All(a => a.Address.IsIPv6LinkLocal || routes.IsLocal(a.Address)))
            {
                return;
            }

            Thread.Sleep(10);
        }

        Assert.Fail($"an IPv6 address of {Name} is not local after ten seconds");
    }

    private static string SysctlPath(string name) => "/proc/sys/" + name.Replace('.', '/');

    private EchoServer Track(EchoServer server)
    {
        _servers.Add(server);
        return server;
    }
}
