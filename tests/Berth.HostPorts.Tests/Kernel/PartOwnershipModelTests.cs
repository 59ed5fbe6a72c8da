using System.Net;
using Berth.Cni;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.NfTables;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// Networks with conditions, with exclusions, with both and with neither, whose configurations get and lose them: whatever
/// pods come and go, each port leads where a list of claims says, in which two are in conflict when they are of one network
/// or under the same conditions, and the later holds.
/// </summary>
public class PartOwnershipModelTests : KernelTests
{
    private const int Runs = 15;
    private const string NoConditions = "";
    private const string Narrow = "ip saddr 198.51.100.0/24";
    private const string Other = "ip saddr 203.0.113.0/24";

    // Of each pod its network, and what that has when it has something.
    private static readonly (string Network, string Conditions, bool Excludes)[] Pods =
    [
        ("plain", NoConditions, false), ("excluding", NoConditions, true), ("excluding", NoConditions, true),
        ("narrow", Narrow, false), ("narrow", Narrow, false), ("both", Narrow, true), ("other", Other, false),
    ];

    [Fact]
    public void A_port_belongs_to_whom_a_simple_list_of_claims_says() => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Runs),
        Prop.ForAll(Arb.From(Gen.ListOf(Step).Resize(14)), steps =>
        {
            Tool.Nft("flush ruleset");
            PortClaims model = new();
            List<string> done = [];
            foreach (Step step in steps)
            {
                PortMapping[] mappings = Accepted(step.Mappings);
                done.Add($"{step.Verb} c{step.Pod}@{Pods[step.Pod].Network}{(step.HasKeys ? "+" : "")} {string.Join(' ', mappings.Select(Text))}");
                Do(step, mappings, model);
                List<string> actual = Claims();
                Assert.True(model.Held.SequenceEqual(actual), string.Join('\n', [
                    .. done, "model:", .. model.Held.Except(actual).Take(5), "kernel:", .. actual.Except(model.Held).Take(5)]));
                foreach ((int pod, (PortMapping[] Mappings, bool HasKeys) configured) in model.Configured)
                {
                    Assert.True(model.HasAll(pod) == Passes(pod, configured.Mappings, configured.HasKeys), string.Join('\n', [
                        .. done, $"CHECK c{pod}: {Failure(pod, configured.Mappings, configured.HasKeys) ?? "passes"}"]));
                }
            }

            for (int pod = 0; pod < Pods.Length; pod++)
            {
                Backend.Delete(Attached(pod), new());
            }

            Assert.Equal(0, Elements());
        }));

    private static Gen<PortMapping> Mapping { get; } =
        from first in Gen.Choose(1000, 1003)
        from count in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Constant(2)), (2, Gen.Choose(130, 132)))
        from target in Gen.Elements(0, 1)
        from host in Gen.Elements(null, null, "192.0.2.1")
        select new PortMapping(
            (ushort)first, (ushort)(count > 2 ? first : first + target), TransportProtocol.Tcp,
            host is null ? null : IPAddress.Parse(host))
        { HostPortEnd = (ushort)(first + count - 1) };

    private static Gen<Step> Step { get; } =
        from pod in Gen.Choose(0, Pods.Length - 1)
        from verb in Gen.Frequency((3, Gen.Constant("ADD")), (1, Gen.Elements("DEL", "GC")))
        from hasKeys in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        from hasPorts in Gen.Elements(true, false)
        from count in Gen.Choose(1, 3)
        from mappings in Gen.ArrayOf(Mapping, count)
        select new Step(pod, verb, hasKeys, hasPorts, mappings);

    private void Do(Step step, PortMapping[] mappings, PortClaims model)
    {
        int pod = step.Pod;
        switch (step.Verb)
        {
            case "ADD":
                Backend.Add(Attached(pod), Configuration(pod, step.HasKeys, mappings));
                model.Add(pod, step.HasKeys, mappings);
                Backend.Check(Attached(pod), Configuration(pod, step.HasKeys, mappings));
                break;
            case "DEL":
                PortMapping[] said = step.HasPorts && model.Configured.TryGetValue(pod, out var configured) ? configured.Mappings : [];
                Backend.Delete(Attached(pod), Configuration(pod, step.HasKeys, said));
                model.Delete(pod);
                break;
            default:
                string network = Pods[pod].Network;
                CniAttachment[] alive = [.. model.Configured.Keys.Where(other => other != pod && Pods[other].Network == network)
                    .Select(static other => new CniAttachment($"c{other}", "eth0"))];
                Backend.Collect(network, alive, new());
                model.Delete(pod);
                break;
        }
    }

    private bool Passes(int pod, PortMapping[] mappings, bool hasKeys) => Failure(pod, mappings, hasKeys) is null;

    private string? Failure(int pod, PortMapping[] mappings, bool hasKeys)
    {
        try
        {
            Backend.Check(Attached(pod), Configuration(pod, hasKeys, mappings));
            return null;
        }
        catch (HostPortException e)
        {
            return $"{e.Message} {e.Details}";
        }
    }

    private static Attachment Attached(int pod) => Pod(pod) with
    {
        Id = new AttachmentId(Pods[pod].Network, $"c{pod}", "eth0"),
        Label = $"c{pod}@{Pods[pod].Network}",
    };

    private static HostPortConfiguration Configuration(int pod, bool hasKeys, PortMapping[] mappings)
    {
        (_, string conditions, bool excludes) = Pods[pod];
        return new HostPortConfiguration
        {
            Mappings = mappings,
            ConditionsV4 = hasKeys && conditions != NoConditions ? [conditions] : null,
            ConditionsV6 = hasKeys && conditions != NoConditions ? [conditions == Narrow ? "ip6 saddr fd00::/8" : "ip6 saddr fc00::/8"] : null,
            ExcludeDestinations = hasKeys && excludes ? ["192.0.2.0/28", "2001:db8::/64"] : [],
        };
    }

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
        $"{mapping.HostIP}/{mapping.HostPort}-{mapping.HostPortEnd}:{mapping.ContainerPort}";

    private static string Text(string part, IPAddress? host, int port, int target, string owner) =>
        $"{part} {host}/{port}:{target} {owner}";

    private List<string> Claims()
    {
        BerthTable table = new(NfFamily.Ip);
        List<string> claims = [];
        foreach (string part in (IEnumerable<string>)["", .. Pods.Select(static pod => pod.Network).Distinct()])
        {
            ConditionalNetwork network = table.NetworkWithConditions(part);
            foreach (Set set in part.Length == 0 ? [.. table.Sets.Anywhere.All, .. table.Sets.AtAddress.All] : network.Sets)
            {
                foreach (Element element in Connection.Elements(set))
                {
                    if (MappingElement.From(NfFamily.Ip, element) is MappingElement mapping)
                    {
                        string owner = OwnerComment.Parse(element.Comment)!.Label.Split('@')[0];
                        claims.AddRange(Enumerable.Range(mapping.HostPort, mapping.HostPorts.Count).Select(port =>
                            Text(part, mapping.HostAddress, port, mapping.ContainerPort + port - mapping.HostPort, owner)));
                    }
                }
            }
        }

        claims.Sort(StringComparer.Ordinal);
        return claims;
    }

    /// <summary>The model: of each port the claims, the latest last; whoever is in conflict with none that holds, holds.</summary>
    private sealed class PortClaims
    {
        private readonly Dictionary<(string Host, int Port), List<Claim>> _ports = [];

        internal Dictionary<int, (PortMapping[] Mappings, bool HasKeys)> Configured { get; } = [];

        internal List<string> Held
        {
            get
            {
                List<string> held = [.. _ports.SelectMany(static port => port.Value.Where(static claim => claim.Holds).Select(claim => Text(
                    claim.Part, port.Key.Host.Length == 0 ? null : IPAddress.Parse(port.Key.Host), port.Key.Port, claim.Target,
                    $"c{claim.Pod}")))];
                held.Sort(StringComparer.Ordinal);
                return held;
            }
        }

        internal bool HasAll(int pod) =>
            _ports.Values.All(claims => claims.TrueForAll(claim => claim.Pod != pod || claim.Holds));

        internal void Add(int pod, bool hasKeys, PortMapping[] mappings)
        {
            Configured[pod] = (mappings, hasKeys);
            (string network, string conditions, bool excludes) = Pods[pod];
            bool isApart = hasKeys && (excludes || conditions != NoConditions);
            var wanted = mappings.SelectMany(static mapping => mapping.Singles())
                .Select(static single => ((single.HostIP?.ToString() ?? "", (int)single.HostPort), (int)single.ContainerPort))
                .Distinct().ToDictionary();
            foreach ((_, List<Claim> claims) in _ports)
            {
                claims.RemoveAll(claim => claim.Pod == pod);
            }

            foreach ((var key, int target) in wanted)
            {
                if (!_ports.TryGetValue(key, out List<Claim>? claims))
                {
                    _ports.Add(key, claims = []);
                }

                Claim added = new(pod, target, network, hasKeys ? conditions : NoConditions, isApart ? network : "") { Holds = true };
                foreach (Claim claim in claims)
                {
                    claim.Holds &= !claim.ConflictsWith(added);
                }

                claims.Add(added);
            }

            Restore();
        }

        internal void Delete(int pod)
        {
            Configured.Remove(pod);
            foreach (List<Claim> claims in _ports.Values)
            {
                claims.RemoveAll(claim => claim.Pod == pod);
            }

            Restore();
        }

        // The latest first; who comes back counts as the latest.
        private void Restore()
        {
            foreach (List<Claim> claims in _ports.Values)
            {
                foreach (Claim claim in claims.AsEnumerable().Reverse().ToList())
                {
                    if (!claim.Holds && !claims.Exists(other => other.Holds && other.ConflictsWith(claim)))
                    {
                        claim.Holds = true;
                        claims.Remove(claim);
                        claims.Add(claim);
                    }
                }
            }
        }
    }

    private sealed record Claim(int Pod, int Target, string Network, string Conditions, string Part)
    {
        internal bool Holds { get; set; }

        internal bool ConflictsWith(Claim other) => Network == other.Network || Conditions == other.Conditions;
    }
}

internal sealed record Step(int Pod, string Verb, bool HasKeys, bool HasPorts, PortMapping[] Mappings);
