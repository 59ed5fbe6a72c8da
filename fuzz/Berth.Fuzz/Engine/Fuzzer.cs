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
    private const int MostSeeds = 10_000;

    private readonly Random _random = new(seed);
    private readonly Coverage _coverage = new();
    private readonly List<byte[]> _pool = [];
    private readonly Dictionary<(string, string), (Failure Failure, byte[] Input)> _findings = [];
    private readonly IMutator _mutator = Mutators.Of(target);
    private readonly ByteSweep _sweep = new();
    private long _inputs;

    // A byte of JSON or of a line is seldom a field of its own.
    private bool IsSwept => target.Shape is InputShape.Netlink or InputShape.Bytes;

    /// <summary>Goes on until the time or the number is reached, whichever comes first, but not before the least number.</summary>
    internal FuzzReport Run(TimeSpan time, long most, long least = 0)
    {
        long start = Stopwatch.GetTimestamp();
        // Of those that lead the same way the shortest will do, to make more of; as a donor of pieces each is good.
        foreach (byte[] input in seeds.OrderBy(static input => input.Length))
        {
            if (Read(input))
            {
                _pool.Add(input);
                _sweep.Add(input);
            }
        }

        int begun = _pool.Count;
        while (_inputs < most && _findings.Count < target.MostFindings && (_inputs < least || Stopwatch.GetElapsedTime(start) < time))
        {
            byte[] input = (IsSwept && _random.Next(4) == 0 ? _sweep.Next() : null) ?? _mutator.Mutate(Choose(), Donor(), _random);
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
            target.Name, _inputs, Stopwatch.GetElapsedTime(start).TotalSeconds, _coverage.Branches, _pool.Count - begun,
            [.. _findings.Values]);
    }

    // What was found last leads on best; what came first has the sound structure. Of two, the shorter one is read sooner, and a
    // change of it hits what matters.
    private byte[] Choose() => _pool.Count == 0 ? []
        : _random.Next(3) == 0 ? _pool[_pool.Count - 1 - _random.Next(Math.Min(_pool.Count, 20))]
        : Shorter(_pool[_random.Next(_pool.Count)], _pool[_random.Next(_pool.Count)]);

    private byte[] Donor() => seeds.Count > 0 && _random.Next(4) == 0 ? seeds[_random.Next(seeds.Count)] : Choose();

    private byte[] Shorter(byte[] one, byte[] other) => other.Length < one.Length && _random.Next(2) > 0 ? other : one;

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
        if (failure.Kind == Trial.Hang)
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
