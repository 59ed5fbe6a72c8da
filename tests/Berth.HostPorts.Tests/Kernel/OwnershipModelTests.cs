using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.NfTables;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// Whatever pods come and go with whatever ports, each port leads where a list of owners says, kept port by port: single
/// ports, ranges and what overlaps them are only ways to write that down.
/// </summary>
public class OwnershipModelTests : KernelTests
{
    private const int Runs = 60;

    [Fact]
    public void A_port_belongs_to_whom_a_simple_list_says() => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Runs),
        Prop.ForAll(Arb.From(Gen.ListOf(Step).Resize(12)), steps =>
        {
            Tool.Nft("flush ruleset");
            PortOwners model = new();
            List<string> done = [];
            foreach ((int pod, bool isAdd, bool hasPorts, PortMapping[] mappings) in steps)
            {
                PortMapping[] now = Accepted(mappings);
                done.Add($"{(isAdd ? "ADD" : "DEL")} c{pod} {string.Join(' ', now.Select(Text))}");
                if (isAdd)
                {
                    Backend.Add(Pod(pod), new() { Mappings = now });
                    Backend.Check(Pod(pod), new() { Mappings = now });
                    model.Add(pod, now);
                }
                else
                {
                    // Some runtimes say the ports again, some do not.
                    Backend.Delete(Pod(pod), new() { Mappings = hasPorts ? model.Configured(pod) : [] });
                    model.Delete(pod);
                }

                Assert.True(model.Owners.SequenceEqual(Owners()), string.Join('\n', [
                    .. done, "model:", .. model.Owners.Except(Owners()).Take(5), "kernel:", .. Owners().Except(model.Owners).Take(5)]));
            }

            for (int pod = 0; pod < 4; pod++)
            {
                Backend.Delete(Pod(pod), new());
            }

            Assert.Equal(0, Elements());
        }));

    private static Gen<PortMapping> Mapping { get; } =
        from first in Gen.Choose(1000, 1400)
        from count in Gen.Elements(1, 1, 2, 150, 200, 300)
        from target in Gen.Elements(0, 0, 1, 7)
        from protocol in Gen.Elements(TransportProtocol.Tcp, TransportProtocol.Udp)
        from host in Gen.Elements(null, null, "0.0.0.0", "192.0.2.1")
        select new PortMapping(
            (ushort)first, (ushort)(count > 2 ? first : first + target), protocol,
            host is null ? null : IPAddress.Parse(host))
        { HostPortEnd = (ushort)(first + count - 1) };

    private static Gen<(int Pod, bool IsAdd, bool HasPorts, PortMapping[] Mappings)> Step { get; } =
        from pod in Gen.Choose(0, 3)
        from isAdd in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        from hasPorts in Gen.Elements(true, false)
        from count in Gen.Choose(1, 4)
        from mappings in Gen.ArrayOf(Mapping, count)
        select (pod, isAdd, hasPorts, mappings);

    private static PortMapping[] Accepted(IEnumerable<PortMapping> mappings)
    {
        MappingList list = new();
        foreach (PortMapping mapping in mappings.SelectMany(static mapping => mapping.Parts()))
        {
            if (list.FindConflict(mapping) is null)
            {
                list.Add(mapping, 0);
            }
        }

        return [.. list.Mappings];
    }

    private static string Text(PortMapping mapping) =>
        $"{mapping.HostIP}/{mapping.Protocol}/{mapping.HostPort}-{mapping.HostPortEnd}:{mapping.ContainerPort}";

    // A single port counts before a range, as in the chain; that there is never both is what is tested.
    private List<string> Owners()
    {
        TableSets sets = new(NfFamily.Ip);
        List<string> owners = [];
        foreach (Set set in (Set[])[.. sets.Anywhere.All, .. sets.AtAddress.All])
        {
            foreach (Element element in Connection.Elements(set))
            {
                if (MappingElement.From(NfFamily.Ip, element) is MappingElement mapping)
                {
                    string label = OwnerComment.Parse(element.Comment)!.Label;
                    owners.AddRange(Enumerable.Range(mapping.HostPort, mapping.HostPorts.Count).Select(port =>
                        PortOwners.Text(mapping.HostAddress, (TransportProtocol)mapping.Protocol, port,
                            mapping.ContainerPort + port - mapping.HostPort, $"{label[..label.IndexOf('@', StringComparison.Ordinal)]}")));
                }
            }
        }

        owners.Sort(StringComparer.Ordinal);
        return owners;
    }

    /// <summary>The model: of each port its owners, the newest last.</summary>
    private sealed class PortOwners
    {
        private readonly Dictionary<(string Host, TransportProtocol Protocol, int Port), List<(int Pod, int Target)>> _ports = [];
        private readonly Dictionary<int, PortMapping[]> _configured = [];

        internal List<string> Owners
        {
            get
            {
                List<string> owners = [.. _ports.Where(static port => port.Value.Count > 0).Select(static port => Text(
                    port.Key.Host.Length == 0 ? null : IPAddress.Parse(port.Key.Host), port.Key.Protocol, port.Key.Port,
                    port.Value[^1].Target, $"c{port.Value[^1].Pod}"))];
                owners.Sort(StringComparer.Ordinal);
                return owners;
            }
        }

        internal static string Text(IPAddress? host, TransportProtocol protocol, int port, int target, string owner) =>
            $"{host}/{protocol}/{port}:{target} {owner}";

        internal PortMapping[] Configured(int pod) => _configured.GetValueOrDefault(pod) ?? [];

        internal void Add(int pod, PortMapping[] mappings)
        {
            _configured[pod] = mappings;
            var wanted = mappings.SelectMany(static mapping => mapping.Singles())
                .Select(static single => ((Host(single), single.Protocol, (int)single.HostPort), (int)single.ContainerPort))
                .Distinct().ToDictionary();
            foreach ((var key, List<(int Pod, int Target)> owners) in _ports)
            {
                owners.RemoveAll(owner => owner.Pod == pod && !wanted.ContainsKey(key));
            }

            foreach ((var key, int target) in wanted)
            {
                if (!_ports.TryGetValue(key, out List<(int Pod, int Target)>? owners))
                {
                    _ports.Add(key, owners = []);
                }

                owners.RemoveAll(owner => owner.Pod == pod);
                owners.Add((pod, target));
            }
        }

        internal void Delete(int pod)
        {
            _configured.Remove(pod);
            foreach (List<(int Pod, int Target)> owners in _ports.Values)
            {
                owners.RemoveAll(owner => owner.Pod == pod);
            }
        }

        private static string Host(PortMapping mapping) =>
            mapping.HostIP is null || mapping.HostIP.Equals(IPAddress.Any) ? "" : mapping.HostIP.ToString();
    }
}
