using System.Globalization;

namespace Berth.Manifests;

/// <summary>Whether any value of one label satisfies everything that is demanded of it.</summary>
internal static class LabelDemand
{
    /// <summary>Whether some value, or its absence, satisfies all of them.</summary>
    /// <param name="requirements">Requirements of one label.</param>
    public static bool CanHold(IEnumerable<SelectorRequirement> requirements)
    {
        List<SelectorRequirement> all = [.. requirements];
        if (all.TrueForAll(static requirement => requirement.Matches(null)))
        {
            return true;
        }

        return Candidates(all).Any(value => all.TrueForAll(requirement => requirement.Matches(value)));
    }

    // One of these satisfies them if any value does: what they name, the bounds' neighbours, and what none names.
    private static IEnumerable<string> Candidates(List<SelectorRequirement> all)
    {
        if (all.Find(static requirement => requirement.Operator == "In") is SelectorRequirement named)
        {
            return named.Values;
        }

        // Each excluded number can hide one candidate, so that so many further ones must be tried.
        int excluded = all.Sum(static requirement => requirement.Operator == "NotIn" ? requirement.Values.Count : 0);
        List<string> candidates = [];
        foreach (SelectorRequirement requirement in all.Where(static requirement => requirement.Operator is "Gt" or "Lt"))
        {
            if (requirement.Values is [string text]
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long bound))
            {
                for (int i = 1; i <= excluded + 1; i++)
                {
                    Int128 value = requirement.Operator == "Gt" ? (Int128)bound + i : (Int128)bound - i;
                    candidates.Add(value.ToString(CultureInfo.InvariantCulture));
                }
            }
        }

        candidates.Add($"none of {string.Join(' ', all.SelectMany(static requirement => requirement.Values))}");
        return candidates;
    }
}
