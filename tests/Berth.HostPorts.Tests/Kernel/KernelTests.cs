using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// Tests in a network namespace of their own: one after the other, each on an empty ruleset, with two links towards pods
/// where it needs them.
/// </summary>
[Collection("kernel")]
public abstract class KernelTests : IDisposable
{
    protected const string Link = "cni0";
    protected const string OtherLink = "cni1";

    private readonly List<string> _warnings = [];
    private readonly Lazy<NftablesBackend> _backend;
    private readonly Lazy<NfTablesConnection> _connection = new(NfTablesConnection.Open);

    protected KernelTests(bool withLinks = true)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("BERTH_HOSTPORTS_ISOLATED") == "1",
            "needs a network namespace of its own: start the tests with tests/Berth.HostPorts.Tests/run");
        _backend = new(() => NftablesBackend.Open(_warnings.Add));
        Tool.Nft("flush ruleset");
        FlushLegacy("iptables-legacy", AddressFamily.InterNetwork);
        FlushLegacy("ip6tables-legacy", AddressFamily.InterNetworkV6);
        if (withLinks)
        {
            MakeLink(Link, 1);
            MakeLink(OtherLink, 2);
        }
    }

    protected NftablesBackend Backend => _backend.Value;

    protected NfTablesConnection Connection => _connection.Value;

    /// <summary>An attachment whose pod is behind a link, with both families.</summary>
    /// <param name="container">The container, which decides about the addresses too.</param>
    /// <param name="behind">1 for <see cref="Link"/>, 2 for <see cref="OtherLink"/>.</param>
    protected static Attachment Pod(int container, int behind = 1) => new(
        new AttachmentId("podnet", $"c{container}", "eth0"),
        new AttachmentAddresses(
            IPAddress.Parse($"10.{behind}.0.{container + 1}"), IPAddress.Parse($"fd00:{behind}::{container + 1:x}")),
        $"c{container}@podnet");

    protected static HostPortConfiguration Ports(params ushort[] ports) =>
        new() { Mappings = [.. ports.Select(static port => new PortMapping(port, 80, TransportProtocol.Tcp, null))] };

    protected static int RouteLocalnetOf(string link) => RouteLocalnet.Read(link)!.Value;

    /// <summary>How many elements both families' tables have, all sets together.</summary>
    protected int Elements() => new[] { NfFamily.Ip, NfFamily.Ip6 }
        .SelectMany(family => Connection.Sets(family, TableSets.TableName)).Sum(set => Connection.Elements(set).Count);

    public void Dispose()
    {
        if (_backend.IsValueCreated)
        {
            _backend.Value.Dispose();
        }

        if (_connection.IsValueCreated)
        {
            _connection.Value.Dispose();
        }

        Assert.Empty(_warnings);
        GC.SuppressFinalize(this);
    }

    // A table of iptables-legacy stays for as long as the namespace does, and with it what the test before has made there.
    protected static void FlushLegacy(string program, AddressFamily family)
    {
        if (LegacyIptables.HasNatTable(family))
        {
            Tool.Run(program, "-t", "nat", "-F");
            Tool.Run(program, "-t", "nat", "-X");
        }
    }

    private static void MakeLink(string name, int number)
    {
        Tool.Try("ip", ["link", "delete", name]);
        Tool.Run("ip", "link", "add", name, "type", "bridge");
        Tool.Run("ip", "address", "add", $"10.{number}.0.1/24", "dev", name);
        Tool.Run("ip", "address", "add", $"fd00:{number}::1/64", "dev", name, "nodad");
        Tool.Run("ip", "link", "set", name, "up");
        Assert.Equal(0, RouteLocalnetOf(name));
    }
}

/// <summary>The ruleset is one of a network namespace, and so of the process.</summary>
[CollectionDefinition("kernel", DisableParallelization = true)]
public sealed class KernelCollection;
