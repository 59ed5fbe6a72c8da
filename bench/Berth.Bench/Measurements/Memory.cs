using System.Globalization;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>Where the memory of a call goes: what bench/memory prints, row by row.</summary>
internal static class Memory
{
    // What bench/run sets: where the other benchmarks stand.
    private const string Directory = "BERTH_BENCH";
    private const int Numbers = 6;

    /// <exception cref="BenchException">It failed.</exception>
    public static IReadOnlyList<MemoryProfile> Run(Contest contest)
    {
        contest.Progress("memory");
        string directory = Environment.GetEnvironmentVariable(Directory) ?? throw new BenchException($"{Directory} is not set: start with bench/run");
        ProgramExit exit = SpawnedProgram.Run(Path.Combine(directory, "memory"), ["--portmap", contest.Portmap]);
        return exit.Code == 0
            ? [.. exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Read)]
            : throw new BenchException($"bench/memory failed: {exit.Output}");
    }

    private static MemoryProfile Read(string row)
    {
        string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] numbers = [.. cells[^Numbers..].Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];
        return new MemoryProfile(
            string.Join(' ', cells[..^(Numbers + 1)]), cells[^(Numbers + 1)], numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
