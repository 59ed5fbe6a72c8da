using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// A port that is wanted in one place and held in another: another backend, the other flavour of iptables, or the reference
/// plugin's nftables rules. No pod that is alive loses what the newest does not have of it.
/// </summary>
[Collection(Toolsets.LockHolders)]
public sealed class ElsewhereTests : IDisposable
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping WebAtSecond = Web with { HostIP = Plan.NodeSecond(Family.IPv4).ToString() };

    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("cni-cache-");

    /// <summary>Where a mapping can be.</summary>
    public enum Place
    {
        /// <summary>Berth's own table.</summary>
        Nftables,

        /// <summary>Iptables' nft flavour.</summary>
        IptablesNft,

        /// <summary>Iptables' legacy flavour.</summary>
        IptablesLegacy,

        /// <summary>What the reference plugin makes in nftables.</summary>
        Reference,
    }

    /// <summary>Where the port is held, and where it is wanted.</summary>
    public static TheoryData<Place, Place> Pairs { get; } = MakePairs(static (_, _) => true);

    /// <summary>Those of which what is wanted is not known to be met first.</summary>
    public static TheoryData<Place, Place> PairsMetLater { get; } =
        MakePairs(static (held, wanted) => held != Place.Nftables || wanted == Place.Nftables);

    /// <summary>Those of which what is wanted may be met first.</summary>
    public static TheoryData<Place, Place> PairsMetFirst { get; } = MakePairs(static (_, wanted) => wanted != Place.Nftables);

    public void Dispose() => _cache.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(PairsMetLater))]
    public void A_pod_with_conditions_does_not_take_the_port_of_one_that_is_alive_in_another_network(Place held, Place wanted)
    {
        using Node node = new();
        Attachment old = At(held, Serve(node, "old")) with { Network = "firstnet" };
        Attachment young = WithConditions(wanted, At(wanted, Serve(node, "young")) with { Network = "secondnet" });
        old.Add(Web).Succeeded();

        Refused(young, old, Web);
        Refused(young.With("onConflict", "\"fail\""), old, Web);

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("old", Ask(node, Plan.OutsideSecond(Family.IPv4)).By);
    }

    [Theory]
    [MemberData(nameof(PairsMetLater))]
    public void A_pod_of_one_address_does_not_take_the_port_of_one_that_is_alive_at_any(Place held, Place wanted)
    {
        using Node node = new();
        Attachment old = At(held, Serve(node, "old"));
        Attachment young = At(wanted, Serve(node, "young"));
        old.Add(Web).Succeeded();

        Refused(young, old, WebAtSecond);
        Refused(young.With("onConflict", "\"fail\""), old, WebAtSecond);

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Of_a_pod_that_is_gone_the_port_is_taken(Place held, Place wanted)
    {
        using Node node = new();
        Attachment gone = At(held, Serve(node, "gone")) with { Network = "firstnet" };
        Attachment young = WithConditions(wanted, At(wanted, Serve(node, "young")) with { Network = "secondnet" });
        gone.Add(Web).Succeeded();
        foreach (string entry in Directory.GetFiles(Path.Combine(_cache.FullName, "results")))
        {
            File.Delete(entry);
        }

        // Where the rules say the network, a cache that knows nothing of it may be another runtime's.
        if (held is Place.IptablesNft or Place.IptablesLegacy)
        {
            Refused(young, gone, WebAtSecond);
        }

        File.WriteAllText(FileOf(gone with { ContainerId = "another" }), "{}");
        young.Add(WebAtSecond).Succeeded();

        Answer answer = node.Outside.Ask(
            Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080, from: Plan.OutsideSecond(Family.IPv4));
        Assert.Equal("young", answer.By);
    }

    [Theory]
    [MemberData(nameof(PairsMetFirst))]
    public void A_port_of_any_address_is_refused_or_taken_where_one_of_an_address_is_held_and_may_be_met_later(
        Place held, Place wanted)
    {
        using Node node = new();
        Attachment old = At(held, Serve(node, "old"));
        Attachment young = At(wanted, Serve(node, "young"));
        old.Add(WebAtSecond).Succeeded();

        Refused(young.With("onConflict", "\"fail\""), old, Web);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);

        young.Add(Web).Succeeded();
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData(Place.IptablesNft)]
    [InlineData(Place.IptablesLegacy)]
    [InlineData(Place.Reference)]
    public void A_port_of_an_address_that_is_met_first_stands_beside_one_of_any_in_nftables(Place held)
    {
        using Node node = new();
        At(held, Serve(node, "old")).Add(WebAtSecond).Succeeded();

        At(Place.Nftables, Serve(node, "young")).With("onConflict", "\"fail\"").Add(Web).Succeeded();

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData(Place.IptablesNft, false)]
    [InlineData(Place.IptablesNft, true)]
    [InlineData(Place.IptablesLegacy, false)]
    [InlineData(Place.IptablesLegacy, true)]
    public void A_part_that_iptables_has_stands_beside_the_rest_in_nftables_whoever_came_first(Place part, bool isFirst)
    {
        using Node node = new();
        Attachment one = At(part, Serve(node, "one")).With("onConflict", "\"fail\"");
        Attachment some = WithConditions(part, At(part, Serve(node, "some")) with { Network = "firstnet" })
            .With("onConflict", "\"fail\"");
        Attachment rest = At(Place.Nftables, Serve(node, "rest")).With("onConflict", isFirst ? "\"replace\"" : "\"fail\"")
            with
        { Network = "secondnet" };
        Action[] adds =
        [
            () => rest.Add(Web, new PortMapping(8081, 80)).Succeeded(),
            () => one.Add(WebAtSecond).Succeeded(),
            () => some.Add(new PortMapping(8081, 80)).Succeeded(),
        ];

        // What stands can be added again.
        foreach (Action add in (Action[])[.. isFirst ? adds : adds.Reverse(), .. adds])
        {
            add();
        }

        Assert.Equal("one", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);
        Assert.Equal("rest", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("rest", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
        Assert.Equal(
            "some", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081, from: Plan.OutsideSecond(Family.IPv4)).By);
    }

    [Theory]
    [InlineData(Place.IptablesNft, Place.Nftables)]
    [InlineData(Place.IptablesLegacy, Place.Nftables)]
    [InlineData(Place.Reference, Place.Nftables)]
    [InlineData(Place.IptablesNft, Place.IptablesNft)]
    [InlineData(Place.IptablesLegacy, Place.IptablesLegacy)]
    public void A_port_of_any_address_is_had_at_that_of_a_pod_that_is_gone_too(Place held, Place wanted)
    {
        using Node node = new();
        Attachment gone = At(held, Serve(node, "gone"));
        Attachment young = At(wanted, Serve(node, "young"));
        gone.Add(WebAtSecond).Succeeded();
        // Theirs is one network, and the newcomer has no entry yet.
        foreach (string entry in Directory.GetFiles(Path.Combine(_cache.FullName, "results")))
        {
            File.Delete(entry);
        }

        young.Add(Web).Succeeded();

        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Fact]
    public void A_networks_next_pod_takes_the_port_of_its_last_that_the_reference_set_up_under_conditions()
    {
        using Node node = new();
        Attachment old = WithConditions(Place.Reference, At(Place.Reference, Serve(node, "old")));
        Attachment young = WithConditions(Place.Nftables, At(Place.Nftables, Serve(node, "young")));
        old.Add(Web).Succeeded();

        // The cache says that it may be in other networks as well.
        Refused(young, old, Web);
        foreach (string network in (string[])["firstnet", "secondnet"])
        {
            File.Delete(FileOf(old with { Network = network }));
        }

        Refused(young.With("onConflict", "\"fail\""), old, Web);
        young.Add(Web).Succeeded();

        Assert.Equal("young", Ask(node, Plan.OutsideSecond(Family.IPv4)).By);
    }

    [Fact]
    public void Of_two_at_once_in_two_backends_fail_gives_the_port_to_one()
    {
        using Node node = new();
        Attachment one = At(Place.Nftables, node.AddPod("one")).With("onConflict", "\"fail\"");
        Attachment other = At(Place.IptablesNft, node.AddPod("other")).With("onConflict", "\"fail\"");
        for (int i = 0; i < 20; i++)
        {
            PluginResult[] results = new PluginResult[2];
            Parallel.Invoke(() => results[0] = one.Add(Web), () => results[1] = other.Add(Web));

            Assert.Single(results, static result => result.Output.ExitCode == 0);
            Assert.Single(results, static result => result.Output.ExitCode != 0 && result.ErrorText.Contains(" is taken by ", StringComparison.Ordinal));
            one.Del(Web).Succeeded();
            other.Del(Web).Succeeded();
        }
    }

    [Theory]
    [MemberData(nameof(PairsMetFirst))]
    public void With_fail_a_pod_without_conditions_does_not_hide_one_with_conditions(Place held, Place wanted)
    {
        using Node node = new();
        Attachment old = WithConditions(held, At(held, Serve(node, "old")) with { Network = "firstnet" });
        Attachment young = At(wanted, Serve(node, "young")) with { Network = "secondnet" };
        old.Add(Web).Succeeded();

        Refused(young.With("onConflict", "\"fail\""), old, Web);

        Assert.Equal("old", Ask(node, Plan.OutsideSecond(Family.IPv4)).By);
    }

    private static TheoryData<Place, Place> MakePairs(Func<Place, Place, bool> isWanted)
    {
        TheoryData<Place, Place> pairs = [];
        foreach (Place held in Enum.GetValues<Place>())
        {
            foreach (Place wanted in (Place[])[Place.Nftables, Place.IptablesNft, Place.IptablesLegacy])
            {
                if (held != wanted && isWanted(held, wanted))
                {
                    pairs.Add(held, wanted);
                }
            }
        }

        return pairs;
    }

    private static Pod Serve(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }

    private static Attachment WithConditions(Place place, Attachment attachment) => attachment.With(
        "conditionsV4",
        place is Place.Nftables or Place.Reference ? """["ip", "saddr", "198.51.100.0/24"]""" : """["-s", "198.51.100.0/24", "!", "-i", "lo"]""");

    private static Answer Ask(Node node, System.Net.IPAddress from) =>
        node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080, from: from);

    private static void Refused(Attachment young, Attachment old, PortMapping mapping)
    {
        PluginResult result = young.Add(new PortMapping(8081, 80), mapping).Failed();
        Assert.Contains(" port 8080 is taken by", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(old.ContainerId[..12], result.ErrorText, StringComparison.Ordinal);
    }

    // IPv4 alone: the conditions and addresses are. As libcni does it, who is alive has an entry.
    private Attachment At(Place place, Pod pod)
    {
        Attachment attachment = pod.Attachment with { IPv6 = null };
        attachment = place switch
        {
            Place.Nftables => attachment.With("backend", "\"nftables\""),
            Place.IptablesNft => attachment.On(Toolset.Nft),
            Place.IptablesLegacy => attachment.On(Toolset.Legacy),
            _ => attachment.With("backend", "\"nftables\"") with { Program = ReferencePortmap.Program },
        };
        Directory.CreateDirectory(Path.Combine(_cache.FullName, "results"));
        foreach (string network in (string[])["podnet", "firstnet", "secondnet"])
        {
            File.WriteAllText(FileOf(attachment with { Network = network }), "{}");
        }

        return place == Place.Reference ? attachment : attachment.With("cacheDir", $"\"{_cache.FullName}\"");
    }

    private string FileOf(Attachment attachment) => Path.Combine(
        _cache.FullName, "results", $"{attachment.Network}-{attachment.ContainerId}-{attachment.InterfaceName}");
}
