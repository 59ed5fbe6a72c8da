namespace Berth.Inspection;

/// <summary>An interface's name, or with "+" behind it how it begins (-i, -o, --physdev-in).</summary>
/// <param name="Pattern">The name as iptables writes it.</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal readonly record struct InterfaceTest(string Pattern, bool IsInverted)
{
    /// <summary>Whether a name passes. Where a hook has no such link, the kernel compares with an empty name.</summary>
    internal bool Passes(string? name)
    {
        name ??= "";
        bool isEqual = Pattern.EndsWith('+')
            ? name.AsSpan().StartsWith(Pattern.AsSpan(0, Pattern.Length - 1))
            : name == Pattern;
        return isEqual ^ IsInverted;
    }
}
