using System.Net.Sockets;
using System.Text;
using Berth.Cni;
using Berth.Cni.Runtime;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;
using Berth.Inspection;
using Berth.Manifests;
using Berth.Netlink;
using Berth.Netlink.Conntrack;
using Berth.NfTables;

namespace Berth.Fuzz;

/// <summary>
/// Bugs planted behind the readers: each fails at what only a whole record makes, read to its end, and of a kind that none of the
/// inputs holds that the fuzzer begins with. What does not find them does not get far.
/// </summary>
internal static class DeepTargets
{
    internal const string Prefix = PlantedTargets.Prefix + "deep-";

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return OfElements("superseded", static (family, element) =>
            SupersededClaim.Parse(family, element) is { Protocol: not (6 or 17 or 132) });
        yield return OfElements("range", static (family, element) =>
            MappingElement.From(family, element) is { HostAddress: not null } range && range.HostPortEnd < range.HostPort);
        yield return OfElements("attachment", static (_, element) => AttachmentRecord.Parse(element) is { Mappings: > 2000 });
        yield return OfElements("link", static (_, element) => LinkRecord.Parse(element) is { FormerRouteLocalnet: not null and not 0 and not 1 });
        yield return OfMessages("reference", "nftables", static message =>
            ReferenceRule.Parse(RuleMessage.Read(message)) is { Mapping: { Protocol: not (6 or 17 or 132) } });
        yield return OfMessages("flow", "conntrack", static message =>
            FlowReader.Read(message) is { Original.Protocol: not (1 or 6 or 17 or 58 or 132) });
        yield return Of("saved", "iptables-save", static bytes =>
        {
            NatTable table = NatTable.Parse(Encoding.UTF8.GetString(bytes));
            return table.Chains.Keys.SelectMany(chain => SavedMappings.Of(table, chain))
                .Any(static mapping => mapping is { HostAddress: not null, Protocol: 132 });
        });
        yield return Of("conditions", "conditions", static bytes =>
            ConditionParser.Parse(Encoding.UTF8.GetString(bytes).Split('\n'), NfFamily.Ip, "conditionsV4").Expressions.Count > 15);
        yield return Of("configuration", "cni-configuration", static bytes =>
            HostPortConfiguration.Parse(ConfigurationReader.Parse([.. bytes])).Mappings
                .Any(static mapping => mapping is { HostIP: not null, Protocol: TransportProtocol.Sctp }));
        yield return Of("cache", "cni-cache", static bytes =>
            ResultCache.Parse(bytes) is { Args.Count: > 2, Result: not null } entry && CniCacheReader.Of(entry).Addresses.Count > 2);
        yield return Of("ipvs", "proc", static bytes =>
            IpvsReader.Parse(Encoding.UTF8.GetString(bytes).Split('\n')).Any(static service =>
                service.Mark > 0 && service.Servers.Any(static server => server.Address.AddressFamily == AddressFamily.InterNetworkV6 && server.Weight == 0)));
        yield return Of("manifests", "manifests-yaml", static bytes => ManifestInput.Pieces("file", new MemoryStream(bytes))
            .SelectMany(static piece => PieceReading.Of(piece).Objects).OfType<Workload>()
            .Any(static workload => HostPortClaim.Of(workload.Template.Spec).Any(static claim => claim is { IsByHostNetwork: false, Port: < 10 })));
    }

    private static FuzzTarget OfElements(string name, Func<NfFamily, Element, bool> isBroken) => OfMessages(name, "nftables", message =>
    {
        IReadOnlyList<Element> elements = ElementMessage.Read(message);
        NfFamily family = (NfFamily)message.Payload[0];
        return elements.Any(element => isBroken(family, element));
    });

    private static FuzzTarget OfMessages(string name, string target, MessagePredicate isBroken) => Of(name, target, bytes =>
    {
        bool isFound = false;
        NetlinkTargets.Each(bytes, message =>
        {
            try
            {
                isFound |= isBroken(message);
            }
            catch (NetlinkFormatException)
            {
                // Its next message may be sound.
            }
        });
        return isFound;
    });

    // With the shape, the words and the seeds of a sound one.
    private static FuzzTarget Of(string name, string target, Func<byte[], bool> isBroken)
    {
        FuzzTarget sound = FuzzTargets.Sound.First(sound => sound.Name == target);
        return sound with
        {
            Name = Prefix + name,
            Declared = [.. sound.Declared, typeof(NetlinkFormatException), typeof(ConditionException), typeof(CniException)],
            MostFindings = 1,
            Run = bytes =>
            {
                if (isBroken(bytes))
                {
                    throw new InvalidOperationException("the planted bug");
                }
            },
        };
    }

    private delegate bool MessagePredicate(NetlinkMessage message);
}
