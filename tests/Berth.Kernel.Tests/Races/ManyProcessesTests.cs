using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;
using Berth.NfTables;

namespace Berth.Kernel.Tests.Races;

/// <summary>
/// Many plugin processes at once, on ports and addresses that overlap, while another program changes tables of its own and
/// a third deletes Berth's: at the end each port is whose it is when the calls are done one after the other, in the order in
/// which the kernel announced their commits.
/// </summary>
public sealed partial class ManyProcessesTests
{
    private const int Pods = 24;
    private const int Sharing = 16;
    private const int FirstShared = 2;
    private const int FirstOwn = 50;

    [Theory]
    [Trait("machine", "full-speed")]
    [InlineData(2)]
    [InlineData(0)]
    public void Sixteen_at_a_time(int flushes) => Race(16, 160, flushes);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(20)]
    [InlineData(0)]
    public void Sixty_four_at_a_time_ten_thousand_times(int flushes) => Race(64, 10_000, flushes);

    private static void Race(int processes, int calls, int flushes)
    {
        int seed = Environment.TickCount & int.MaxValue;
        using Node node = new();
        using RulesetMonitor monitor = new(node);
        ConcurrentDictionary<uint, OwnerChange> changes = [];
        ConcurrentBag<FinishedCall> finished = [];
        ConcurrentBag<(uint PortId, string Text)> refusals = [];
        int left = calls;
        int worst = 0;
        bool isOver = false;
        Thread[] workers = [.. Enumerable.Range(0, processes).Select(worker => new Thread(() =>
        {
            Random random = new(seed + worker);
            using NfTablesConnection connection = node.Namespace.Run(NfTablesConnection.Open);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                long start = Environment.TickCount64;
                Call(node, connection, random, changes, finished, refusals);
                InterlockedMax(ref worst, (int)(Environment.TickCount64 - start));
            }
        }))];
        Thread other = new(() => ChangeOtherTables(node, ref isOver));
        Thread flusher = new(() => Flush(node, ref left, calls, flushes));
        long begin = Stopwatch.GetTimestamp();
        Array.ForEach([.. workers, other, flusher], static thread => thread.Start());
        Array.ForEach(workers, static thread => thread.Join());
        flusher.Join();
        Volatile.Write(ref isOver, true);
        other.Join();
        IReadOnlyList<Commit> commits = monitor.Stop(() => node.NftApply("add table ip last"));

        // CHECK may find that somebody took the ports, or the table. All else has one reason to fail: no time on the machine.
        string[] starved = [.. refusals.Select(static refusal => refusal.Text).Where(static refusal => !refusal.StartsWith("CHECK", StringComparison.Ordinal))];
        Console.WriteLine(
            $"{calls} calls by {processes} processes at a time in {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s, the longest {worst} ms, "
            + $"{commits.Count} commits, {refusals.Count} refused, {starved.Length} of them starved, seed {seed}");

        // What was in the way, and how to see who it was.
        Assert.All(starved, static refusal => Assert.Matches(
            "^[A-Z]+ (the ruleset kept changing for .*`nft monitor`|cannot lock /run/berth.lock within .*`fuser -v)", refusal));
        Assert.All(
            refusals.Select(static refusal => refusal.Text).Except(starved),
            static refusal => Assert.Matches(
                @"^CHECK host ports of container c\d+ on network podnet are not as configured: .*(missing|belongs to|leads to|no record|record says|must not be|not configured|not as they should be|not 1)",
                refusal));
        Assert.InRange(starved.Length, 0, calls / 100);
        Replay replay = new(changes, finished);
        IReadOnlyList<FinishedCall> lies = replay.Run(commits);
        Assert.True(lies.Count == 0, $"seed {seed}: calls that ended well and did nothing where there was something to do:\n  {string.Join("\n  ", lies)}");
        Assert.DoesNotContain(refusals, refusal => replay.Writers.Contains(refusal.PortId));
        foreach ((NfFamily family, OwnersModel model) in replay.Models)
        {
            List<string> owners = Owners(node, family);
            Assert.True(
                model.Owners.SequenceEqual(owners),
                $"seed {seed}, {family}\nmodel:\n  {string.Join("\n  ", model.Owners.Except(owners))}\nkernel:\n  {string.Join("\n  ", owners.Except(model.Owners))}");
        }

        IReadOnlySet<int> attached = replay.Models[NfFamily.Ip].Attached;
        AssertNothingLeaked(node, attached, replay.Models[NfFamily.Ip6].Attached);
        AssertSameAsFresh(node, replay.Models);
        Assert.True(attached.Count == 0 || node.Sysctl(RouteLocalnet(node)) == "1");
        Attachment(node, 0).Gc().Succeeded();
        node.Nft("delete", "table", "ip", "other");
        Assert.Empty(Tables.Elements(node));

        // What it was before stood in the table, and nowhere else.
        Assert.True(flushes > 0 || node.Sysctl(RouteLocalnet(node)) == "0");
    }

    // Every element is of a pod that is attached, and of those that are, all that belongs to them is there.
    private static void AssertNothingLeaked(Node node, IReadOnlySet<int> ipv4, IReadOnlySet<int> ipv6)
    {
        foreach ((string family, IReadOnlySet<int> attached) in ((string, IReadOnlySet<int>)[])[("ip", ipv4), ("ip6", ipv6)])
        {
            string[] elements = [.. Tables.Elements(node).Where(element => element.StartsWith(family + " ", StringComparison.Ordinal))];
            HashSet<int> named = [.. elements.SelectMany(static element => Label().Matches(element)).Select(static label => int.Parse(label.Groups[1].Value))];
            Assert.True(named.SetEquals(attached), $"{family}: of {string.Join(' ', named.Order())}, but attached are {string.Join(' ', attached.Order())}");
        }

        string[] before = Tables.Elements(node);
        Attachment(node, 0).Gc([.. ipv4.Union(ipv6).Select(pod => Attachment(node, pod))]).Succeeded();
        Assert.Equal(before, Tables.Elements(node));
    }

    // A node that has seen nothing but the last ADD of each pod, one after the other, holds the same in every set: ranges, who is
    // masqueraded and how, links, localhost, what was taken from whom. Comments are left out: they tell the way there too.
    private static void AssertSameAsFresh(Node node, IReadOnlyDictionary<NfFamily, OwnersModel> models)
    {
        foreach ((NfFamily family, OwnersModel model) in models)
        {
            using Node fresh = new();
            foreach (OwnerChange added in model.Additions)
            {
                Attachment(fresh, added.Pod).Add([.. added.Ports.Select(static port => new PortMapping(
                    port.Key.Port, port.Value, port.Key.Protocol, port.Key.Host.Length == 0 ? null : port.Key.Host))]).Succeeded();
            }

            string[] expected = ElementsWithoutComments(fresh, family);
            string[] actual = ElementsWithoutComments(node, family);

            // Whoever leaves takes along what is said of an address, also for one that had it before and never left: no two that
            // are alive share one. A port that goes back to that one leads there from elsewhere alone.
            string[] more = [.. actual.Except(expected).Where(element => !IsOfSharedOwner(element, model))];
            string[] less = [.. expected.Except(actual).Where(static element => !IsOfSharedAddress(element))];
            Assert.True(
                more.Length + less.Length == 0,
                $"{family}, more than a fresh node has:\n  {string.Join("\n  ", more)}\nless:\n  {string.Join("\n  ", less)}");
        }
    }

    private static string[] ElementsWithoutComments(Node node, NfFamily family) =>
        [.. Tables.Elements(node)
            .Where(element => element.StartsWith(family == NfFamily.Ip ? "ip berth " : "ip6 berth ", StringComparison.Ordinal))
            .Select(static element => Comment().Replace(element, "")).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@",""comment"":""[^""]*""")]
    private static partial Regex Comment();

    private static string RouteLocalnet(Node node) => $"net.ipv4.conf.{node.Bridge.Name}.route_localnet";

    // As the owner's label has it: "c7@podnet".
    [GeneratedRegex(@"\bc(\d+)@")]
    private static partial Regex Label();

    private static void Call(
        Host node, NfTablesConnection connection, Random random, ConcurrentDictionary<uint, OwnerChange> changes,
        ConcurrentBag<FinishedCall> finished, ConcurrentBag<(uint PortId, string Text)> refusals)
    {
        int pod = random.Next(Pods);
        Attachment attachment = Attachment(node, pod);
        string verb = random.Next(10) switch { < 5 => "ADD", < 8 => "DEL", 8 => "CHECK", _ => "GC" };
        HashSet<int> alive = [.. Enumerable.Range(0, Pods).Where(_ => random.Next(8) > 0)];
        Dictionary<PortKey, (PortMapping Mapping, int Target)> ports = [];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int port = 8000 + random.Next(12);
            int target = random.Next(2) == 0 ? 80 : port;
            string protocol = random.Next(3) == 0 ? "udp" : "tcp";
            string host = random.Next(4) == 0 ? "192.0.2.1" : "";
            ports[new PortKey(host, protocol, port)] = (new PortMapping(port, target, protocol, host.Length == 0 ? null : host), target);
        }

        // DEL and CHECK say ports that the pod may never have had, as a runtime with an old cache would.
        PortMapping[] mappings = [.. ports.Values.Select(static port => port.Mapping)];
        OwnerChange change = new(
            verb, pod, verb is "ADD" or "CHECK" ? ports.ToDictionary(static p => p.Key, static p => p.Value.Target) : new Dictionary<PortKey, int>(), alive);
        uint process = 0;
        attachment = attachment with
        {
            Started = id =>
            {
                process = (uint)id;
                changes[process] = change;
            },
        };
        uint first = connection.Generation().Id;
        PluginResult result = verb == "GC"
            ? attachment.Gc([.. alive.Select(other => Attachment(node, other))])
            : attachment.Call(verb, mappings);
        if (result.Output.ExitCode != 0)
        {
            result.Failed();
            refusals.Add((process, $"{verb} {result.ErrorText}"));
            return;
        }

        finished.Add(new FinishedCall(process, change, first, connection.Generation().Id));
    }

    private static Attachment Attachment(Host node, int pod) => new()
    {
        Node = node,
        ContainerId = $"c{pod}",
        NetnsPath = "/run/netns/nobody",
        CniVersion = "1.1.0",
        IPv4 = IPAddress.Parse($"10.1.0.{Number(pod)}"),
        IPv6 = IPAddress.Parse($"fd00:1::{Number(pod)}"),
    };

    // Some addresses are shared, as when one was given on before its former pod is gone.
    private static int Number(int pod) => pod < Sharing ? FirstShared + (pod % (Sharing / 2)) : FirstOwn + pod;

    private static bool IsOfSharedOwner(string element, OwnersModel model) =>
        LocalhostPort().Match(element) is { Success: true } port
        && model.Owners.Any(owner => owner.StartsWith($"/{port.Groups[1].Value}/{port.Groups[2].Value}:", StringComparison.Ordinal)
            && int.Parse(owner[(owner.LastIndexOf('c') + 1)..]) < Sharing);

    [GeneratedRegex(@" no_localhost .*""concat"":\[""(\w+)"",(\d+)\]")]
    private static partial Regex LocalhostPort();

    private static bool IsOfSharedAddress(string element) =>
        element.Split(' ')[2] is "hairpin" or "masqueraded"
        && Address().Match(element) is { Success: true } address && int.Parse(address.Groups[1].Value) < FirstOwn;

    // The last number of an address, of either family.
    [GeneratedRegex(@"(?:10\.1\.0\.|fd00:1::)(\d+)")]
    private static partial Regex Address();

    private static void ChangeOtherTables(Node node, ref bool isOver)
    {
        using NfTablesConnection connection = node.Namespace.Run(NfTablesConnection.Open);
        Set set = new(NfFamily.Ip, "other", "marks", DataType.Mark);
        for (uint i = 0; !Volatile.Read(ref isOver); i++)
        {
            Transaction transaction = new();
            transaction.Add(new Table(NfFamily.Ip, "other"));
            transaction.Add(set);
            transaction.Create(set, [new Element(DataValue.FromHostUInt32(i))]);
            connection.Commit(transaction);

            // Some tens a second, as kube-proxy at its busiest.
            Thread.Sleep(20);
        }
    }

    private static void Flush(Node node, ref int left, int calls, int flushes)
    {
        for (int i = 1; i <= flushes; i++)
        {
            while (Volatile.Read(ref left) > calls - (calls * i / (flushes + 1)))
            {
                Thread.Sleep(5);
            }

            string both = i % 2 == 0 ? "" : "add table ip6 berth\ndelete table ip6 berth\n";
            node.NftApply("add table ip berth\ndelete table ip berth\n" + both);
        }
    }

    private static List<string> Owners(Node node, NfFamily family)
    {
        // Gone when nobody came behind the last who deleted it.
        string table = $"table {(family == NfFamily.Ip ? "ip" : "ip6")} berth";
        if (!node.Nft("list", "tables").Split('\n').Contains(table))
        {
            return [];
        }

        List<string> owners = [];
        JsonArray all = JsonNode.Parse(node.Nft(["-j", "list", .. table.Split(' ')]))!["nftables"]!.AsArray();
        foreach (JsonNode map in all.Where(static o => o!["map"] is not null).Select(static o => o!["map"]!))
        {
            if ((string?)map["name"] is not ("hostports" or "hostports_at") || map["elem"] is not JsonArray elements)
            {
                continue;
            }

            foreach (JsonNode? pair in elements)
            {
                JsonArray key = pair![0]!["elem"]!["val"]!["concat"]!.AsArray();
                string label = ((string)pair[0]!["elem"]!["comment"]!).Split(' ')[2];
                PortKey port = new(key.Count == 3 ? (string)key[0]! : "", (string)key[^2]!, (int)key[^1]!);
                owners.Add(OwnersModel.Text(port, (int)pair[1]!["concat"]![1]!, int.Parse(label[1..label.IndexOf('@', StringComparison.Ordinal)])));
            }
        }

        owners.Sort(StringComparer.Ordinal);
        return owners;
    }

    private static void InterlockedMax(ref int place, int value)
    {
        int seen = Volatile.Read(ref place);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref place, value, seen) is int now && now == seen ? value : now;
        }
    }
}
