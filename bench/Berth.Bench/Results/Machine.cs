using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Bench.Results;

/// <summary>Where the times were taken.</summary>
/// <param name="Kernel">The kernel's release and architecture.</param>
/// <param name="Processor">The processor's model, and how many there are.</param>
/// <param name="Load">How busy others kept it just before.</param>
/// <param name="Nft">The version of `nft`, which the reference runs.</param>
/// <param name="Iptables">The version of `iptables`, which both run on that backend.</param>
internal sealed record Machine(string Kernel, string Processor, string Load, string Nft, string Iptables)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    public static Machine Read()
    {
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string architecture = RuntimeInformation.OSArchitecture.ToString();
        // arm64 has no such line.
        string? named = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal));
        string model = named?.Split(':', 2)[^1].Trim() ?? "unknown model";
        return new Machine(
            $"Linux {release} {architecture}",
            $"{model}, {Environment.ProcessorCount} available",
            string.Create(CultureInfo.InvariantCulture, $"{Busy():0%} of the processors, just before"),
            SpawnedProgram.Run("nft", ["--version"]).Output.Trim(),
            SpawnedProgram.Run("iptables", ["--version"]).Output.Trim());
    }

    // While this process sleeps, it is not the one that is busy.
    private static double Busy()
    {
        (double idle, double all) before = Ticks();
        Thread.Sleep(Glance);
        (double idle, double all) after = Ticks();
        return after.all > before.all ? 1 - ((after.idle - before.idle) / (after.all - before.all)) : 0;
    }

    // The first line of /proc/stat: user, nice, system, idle, iowait and more, in ticks (proc_stat(5)).
    private static (double Idle, double All) Ticks()
    {
        double[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(static field => double.Parse(field, CultureInfo.InvariantCulture))];
        return (ticks[3] + ticks[4], ticks.Sum());
    }
}
