namespace Berth.Manifests;

/// <summary>A value and where it stands.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="At">Where it stands; through an alias or a merge key, where the anchor's value stands.</param>
public readonly record struct Located<T>(T Value, Location At)
{
    /// <summary>The value alone.</summary>
    public override string ToString() => $"{Value}";
}
