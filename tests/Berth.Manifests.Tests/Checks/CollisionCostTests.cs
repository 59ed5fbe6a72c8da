namespace Berth.Manifests.Tests.Checks;

/// <summary>What many objects at one port cost. Processor time is that of the whole process, so nothing else runs beside it.</summary>
[CollectionDefinition(nameof(CollisionCostTests), DisableParallelization = true)]
[Collection(nameof(CollisionCostTests))]
[Trait("tier", "slow")]
public sealed class CollisionCostTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("nodeName: nNUMBER", "")]
    [InlineData("nodeSelector: {app: aNUMBER, os: linux}", "")]
    [InlineData("", ", hostIP: 192.0.NUMBER.1")]
    [InlineData("nodeSelector: {app: aNUMBER}", ", hostIP: 192.0.NUMBER.1")]
    public void Ten_times_the_objects_at_one_port_take_about_ten_times_as_long(string place, string address)
    {
        ManifestSet few = Many(2_000, place, address), many = Many(20_000, place, address);
        _ = Time(few);

        Assert.InRange(Time(many) / Time(few), 0, 40);
    }

    private static double Time(ManifestSet set)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int run = 0; run < 3; run++)
        {
            TimeSpan before = Environment.CpuUsage.UserTime;
            _ = CollisionTests.Lint(set);
            fastest = (Environment.CpuUsage.UserTime - before) is var time && time < fastest ? time : fastest;
        }

        return Math.Max(fastest.TotalMilliseconds, 10);
    }

    private static ManifestSet Many(int count, string place, string address) => ManifestText.Read(string.Join("---\n", Enumerable.Range(0, count).Select(
        number => CollisionTests.DaemonSet($"w{number}", $"{{hostPort: 80{address}}}").Replace("DaemonSet", "Deployment", StringComparison.Ordinal)
            .Replace("containers:", $"{(place.Length > 0 ? place : "hostPID: false")}\n      containers:", StringComparison.Ordinal)
            .Replace("NUMBER", $"{number}", StringComparison.Ordinal))));
}
