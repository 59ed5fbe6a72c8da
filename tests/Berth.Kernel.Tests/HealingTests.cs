using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Somebody else flushed, deleted or emptied what the plugin keeps in the kernel.</summary>
public sealed class HealingTests
{
    public enum Damage
    {
        FlushTables,
        DeleteTables,
        EmptyEveryChain,
        RemoveEveryElement,
        FlushRuleset,
    }

    public static MatrixTheoryData<Damage, Family> Damages { get; } =
        new(Enum.GetValues<Damage>(), Enum.GetValues<Family>());

    [Theory]
    [MemberData(nameof(Damages))]
    public void The_next_ADD_of_the_same_attachment_heals_it(Damage damage, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();

        Do(node, damage);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();

        AssertAnswers(node, web, family, 8080);
        web.Attachment.Check(new PortMapping(8080, 80)).Succeeded();
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void The_next_ADD_of_another_pod_works(Damage damage, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod next = node.AddPod("next");
        web.Serve(80);
        next.Serve(80);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();

        Do(node, damage);
        next.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        AssertAnswers(node, next, family, 8081);
    }

    [Theory]
    [InlineData(Family.IPv4)]
    [InlineData(Family.IPv6)]
    public void Emptied_chains_are_refilled_once_and_serve_the_elements_that_are_left(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod next = node.AddPod("next");
        web.Serve(80);
        next.Serve(80);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        next.Attachment.Add(new PortMapping(8081, 80)).Succeeded();
        string before = node.Nft("list", "ruleset");

        Do(node, Damage.EmptyEveryChain);
        next.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        AssertAnswers(node, web, family, 8080);
        Assert.Equal(before, node.Nft("list", "ruleset"));
    }

    [Theory]
    [InlineData(Damage.FlushTables)]
    [InlineData(Damage.DeleteTables)]
    [InlineData(Damage.EmptyEveryChain)]
    [InlineData(Damage.RemoveEveryElement)]
    [InlineData(Damage.FlushRuleset)]
    public void DEL_and_GC_still_succeed_and_leave_nothing_of_the_owner(Damage damage)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod next = node.AddPod("next");
        web.Serve(80);
        next.Serve(80);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        next.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        Do(node, damage);
        web.Attachment.Del(new PortMapping(8080, 80)).Succeeded();
        web.Attachment.Gc().Succeeded();
        web.Attachment.Del().Succeeded();

        Assert.Equal(0, Tables.CountOfPort(node, 8080));
        Assert.Equal(0, Tables.CountOfPort(node, 8081));
    }

    [Fact]
    public void One_element_taken_by_a_third_party_is_put_back_by_ADD()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(new(8080, 80), new(8081, 80)).Succeeded();
        node.Nft("delete", "element", "ip", "berth", "hostports", "{ tcp . 8080 }");

        web.Attachment.Add(new(8080, 80), new(8081, 80)).Succeeded();

        AssertAnswers(node, web, Family.IPv4, 8080);
        AssertAnswers(node, web, Family.IPv4, 8081);
    }

    [Fact]
    public void DEL_takes_the_rest_when_a_third_party_took_one_element()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(new(8080, 80), new(8081, 80)).Succeeded();
        node.Nft("delete", "element", "ip", "berth", "hostports", "{ tcp . 8080 }");

        web.Attachment.Del(new(8080, 80), new(8081, 80)).Succeeded();

        Assert.Equal(0, Tables.CountOfPort(node, 8080) + Tables.CountOfPort(node, 8081));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
    }

    [Fact]
    public void Mappings_survive_a_listing_that_is_reloaded_as_text()
    {
        using Node node = new();
        Assert.SkipUnless(ConcatenatedRanges.AreLoaded(node), ConcatenatedRanges.Refused);
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = new(8080, 80);
        web.Attachment.Add(mapping).Succeeded();
        string saved = node.Nft("list", "ruleset");

        node.Nft("flush", "ruleset");
        node.NftApply(saved);

        AssertAnswers(node, web, Family.IPv4, 8080);
        AssertAnswers(node, web, Family.IPv6, 8080);
        web.Attachment.Del(mapping).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(0, Tables.CountOfPort(node, 8080));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
    }

    private static void AssertAnswers(Node node, Pod pod, Family family, int port)
    {
        Assert.Equal(
            Answer.From(pod.Name, Plan.Outside(family)), node.Outside.Ask(Transport.Tcp, Plan.Node(family), port));
        Assert.Equal(
            Answer.From(pod.Name, Plan.Gateway(family, 1)), pod.Ask(Transport.Tcp, Plan.Node(family), port));
        if (family == Family.IPv4)
        {
            Assert.Equal(
                Answer.From(pod.Name, Plan.Gateway(family, 1)),
                node.Ask(Transport.Tcp, Plan.Loopback(family), port));
        }
    }

    private static void Do(Node node, Damage damage)
    {
        switch (damage)
        {
            case Damage.FlushTables:
                ForEach(node, Tables.All(node), "flush", "table");
                break;
            case Damage.DeleteTables:
                ForEach(node, Tables.All(node), "delete", "table");
                break;
            case Damage.EmptyEveryChain:
                ForEach(node, Tables.ChainsWithRules(node), "flush", "chain");
                break;
            case Damage.RemoveEveryElement:
                ForEach(node, Tables.SetsWithElements(node), "flush");
                break;
            case Damage.FlushRuleset:
                node.Nft("flush", "ruleset");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage));
        }
    }

    private static void ForEach(Node node, IReadOnlyList<string> objects, params string[] verb)
    {
        foreach (string name in objects)
        {
            node.Nft([.. verb, .. name.Split(' ')]);
        }
    }
}
