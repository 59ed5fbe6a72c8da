using System.Net;

namespace Berth.Inspection.Tests.Walk;

public sealed class ConclusionTests
{
    [Theory]
    [InlineData("-j SYNPROXY --sack-perm")]
    [InlineData("-j NOBODYKNOWS --whatever 7")]
    [InlineData("-m nobodyknows --whatever 7 -j DROP")]
    [InlineData("-m limit --limit 1/min -j DROP")]
    public void What_hangs_on_something_that_is_not_modelled_depends_on_it(string rule)
    {
        WalkAnswer answer = PacketWalk.Explain(
            WalkNodes.Of($"*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp {rule}\nCOMMIT\n"), WalkNodes.To("10.1.0.2", 80));
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Contains(answer.Ways.SelectMany(static way => way.Conditions), static condition => condition.Matters);
    }

    [Theory]
    [InlineData("-m limit --limit 1/min -j ACCEPT")]
    [InlineData("-j LOG")]
    public void What_comes_to_the_same_either_way_does_not(string rule) => Assert.Equal(
        WalkConclusion.Delivered,
        PacketWalk.Explain(
            WalkNodes.Of($"*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp {rule}\nCOMMIT\n"), WalkNodes.To("10.1.0.2", 80)).Conclusion);

    [Fact]
    public void A_name_that_several_pods_have_is_refused_and_one_that_is_gone_does_not_count()
    {
        NodeSnapshot node = WalkNodes.Of();
        CniAttachment web = node.CniCache.Value![0];
        WalkQuestion question = WalkNodes.To("10.1.0.3", 80) with { Origin = WalkOrigin.Pod, Pod = "web" };
        NodeSnapshot With(CniAttachment other) => node with { CniCache = Part.Of<IReadOnlyList<CniAttachment>>([other, .. node.CniCache.Value!]) };

        CniAttachment twin = web with { PodNamespace = "other", ContainerId = "web1", Addresses = [IPAddress.Parse("10.1.0.9")] };
        WalkException refused = Assert.Throws<WalkException>(() => PacketWalk.Explain(With(twin), question));
        Assert.Contains("other/web (container web1) or shop/web (container web0)", refused.Message, StringComparison.Ordinal);
        Assert.Equal("10.1.0.2", $"{PacketWalk.Explain(With(twin with { SandboxExists = false }), question).Question.Source}");
        Assert.Equal("10.1.0.9", $"{PacketWalk.Explain(With(twin), question with { Pod = "other/web" }).Question.Source}");
    }
}
