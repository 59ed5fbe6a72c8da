using System.Globalization;

namespace Berth.Manifests;

/// <summary>One requirement of a selector of labels or of a node selector term.</summary>
/// <param name="Key">The label's key, or the field's name.</param>
/// <param name="Operator">In, NotIn, Exists, DoesNotExist, and of nodes Gt and Lt.</param>
/// <param name="Values">What it is compared with.</param>
/// <param name="At">Where it stands.</param>
public sealed record SelectorRequirement(string Key, string Operator, IReadOnlyList<string> Values, Location At)
{
    /// <summary>Whether a value satisfies it, null when there is none. An unknown operator is satisfied by nothing.</summary>
    public bool Matches(string? value) => Operator switch
    {
        "In" => value is not null && Values.Contains(value),
        "NotIn" => value is null || !Values.Contains(value),
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        "Gt" => Compare(value) > 0,
        "Lt" => Compare(value) < 0,
        _ => false,
    };

    // Integers only (apimachinery, labels/selector.go); 0 when one of them is none, which satisfies neither.
    private int Compare(string? value) =>
        Values.Count == 1
        && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long left)
        && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long right)
            ? left.CompareTo(right)
            : 0;
}
