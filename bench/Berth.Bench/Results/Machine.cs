using System.Runtime.InteropServices;

namespace Berth.Bench.Results;

/// <summary>Where the times were taken.</summary>
/// <param name="Kernel">The kernel's release and architecture.</param>
/// <param name="Processor">The processor's model, and how many there are.</param>
/// <param name="Nft">The version of `nft`, which the reference runs.</param>
internal sealed record Machine(string Kernel, string Processor, string Nft)
{
    public static Machine Read()
    {
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string architecture = RuntimeInformation.OSArchitecture.ToString();
        // arm64 has no such line.
        string? named = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        string model = named?.Split(':', 2)[^1].Trim() ?? "unknown model";
        return new Machine(
            $"Linux {release} {architecture}",
            $"{model}, {Environment.ProcessorCount} available",
            SpawnedProgram.Run("nft", ["--version"]).Output.Trim());
    }
}
