using System.Globalization;

namespace Berth.Walk.Tests.Judge;

/// <summary>Choices that one number decides.</summary>
internal sealed class Choice(int seed)
{
    private readonly Random _random = new(seed);

    internal bool Chance(double probability) => _random.NextDouble() < probability;

    internal int Below(int limit) => _random.Next(limit);

    internal T Of<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    internal T From<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>Some of them, at least one, in their order.</summary>
    internal T[] Some<T>(IReadOnlyList<T> choices, int most)
    {
        HashSet<int> taken = [];
        int count = 1 + Below(Math.Min(most, choices.Count));
        while (taken.Count < count)
        {
            taken.Add(Below(choices.Count));
        }

        return [.. taken.Order().Select(index => choices[index])];
    }

    internal string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
