using System.Diagnostics;

namespace Berth.Fuzz;

/// <summary>How a run went.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Inputs">How many inputs were read, seeds included.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="Branches">How many branches they took, all together.</param>
/// <param name="Kept">How many inputs took a way that none before them took.</param>
/// <param name="Findings">What is wrong, an input for each.</param>
internal sealed record FuzzReport(
    string Target, long Inputs, double Seconds, int Branches, int Kept, IReadOnlyList<(Failure Failure, byte[] Input)> Findings);

/// <summary>
/// Reads inputs, one made of another, and keeps those that lead somewhere new to make more of. The same seed and number of
/// inputs give the same run.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target, IReadOnlyList<byte[]> seeds, int seed, Action<byte[]> before)
{
    private const int MostFindings = 10;
    private const int MostSeeds = 10_000;

    private readonly Random _random = new(seed);
    private readonly Coverage _coverage = new();
    private readonly List<byte[]> _pool = [];
    private readonly Dictionary<(string, string), (Failure Failure, byte[] Input)> _findings = [];
    private readonly IMutator _mutator = Mutators.Of(target);
    private long _inputs;

    /// <summary>Goes on until the time or the number is reached, whichever comes first.</summary>
    internal FuzzReport Run(TimeSpan time, long most)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (byte[] input in seeds)
        {
            Read(input);
            _pool.Add(input);
        }

        while (_inputs < most && _findings.Count < MostFindings && Stopwatch.GetElapsedTime(start) < time)
        {
            byte[] input = _mutator.Mutate(Choose(), Choose(), _random);
            if (input.Length > target.MaxLength)
            {
                input = input[..target.MaxLength];
            }

            if (Read(input) && _pool.Count < MostSeeds)
            {
                _pool.Add(input);
            }
        }

        return new FuzzReport(
            target.Name, _inputs, Stopwatch.GetElapsedTime(start).TotalSeconds, _coverage.Branches, _pool.Count - seeds.Count,
            [.. _findings.Values]);
    }

    // What was found last leads on best; what came first has the sound structure.
    private byte[] Choose() => _pool.Count == 0 ? []
        : _random.Next(3) == 0 ? _pool[_pool.Count - 1 - _random.Next(Math.Min(_pool.Count, 20))]
        : _pool[_random.Next(_pool.Count)];

    private bool Read(byte[] input)
    {
        before(input);
        _inputs++;
        Coverage.Reset();
        Failure? failure = Trial.Run(target, input);
        bool isNew = _coverage.IsNew();
        if (failure is not null && !_findings.ContainsKey((failure.Kind, failure.Place))
            && Trial.RunSurely(target, input) is not null)
        {
            _findings.Add((failure.Kind, failure.Place), (failure, Shortest(failure, input)));
        }

        return isNew;
    }

    // A case that stays is read by people: pieces are cut out as long as it fails in the same way.
    private byte[] Shortest(Failure failure, byte[] input)
    {
        if (failure.Kind == "hang")
        {
            return input;
        }

        for (int piece = Math.Max(1, input.Length / 2); piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= input.Length;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + piece)..]];
                before(shorter);
                if (Trial.Run(target, shorter) is Failure same && (same.Kind, same.Place) == (failure.Kind, failure.Place))
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }
}
