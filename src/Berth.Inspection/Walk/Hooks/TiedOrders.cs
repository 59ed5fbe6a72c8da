namespace Berth.Inspection;

/// <summary>The orders in which things of one priority may run, as far as it is known which of two is before the other.</summary>
internal static class TiedOrders
{
    // Beyond that many not every order is tried, only one and its reverse.
    private const int MaxTied = 4;

    internal static IEnumerable<List<T>> Of<T>(List<T> tied, Func<T, T, bool> isBefore)
    {
        IEnumerable<List<T>> possible = Extend([], tied, isBefore);
        return tied.Count <= MaxTied ? possible : [possible.First(), Reversed(tied, isBefore)];
    }

    private static List<T> Reversed<T>(List<T> tied, Func<T, T, bool> isBefore) =>
        Extend([], [.. tied.AsEnumerable().Reverse()], isBefore).First();

    private static IEnumerable<List<T>> Extend<T>(List<T> done, List<T> rest, Func<T, T, bool> isBefore)
    {
        if (rest.Count == 0)
        {
            yield return done;
            yield break;
        }

        foreach (T next in rest)
        {
            // Only what nothing that is left has to come before.
            if (rest.Exists(other => !ReferenceEquals(other, next) && isBefore(other, next)))
            {
                continue;
            }

            List<T> others = [.. rest];
            others.Remove(next);
            foreach (List<T> order in Extend([.. done, next], others, isBefore))
            {
                yield return order;
            }
        }
    }
}
