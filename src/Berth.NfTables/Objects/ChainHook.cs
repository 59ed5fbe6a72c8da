namespace Berth.NfTables;

/// <summary>How a base chain is attached.</summary>
/// <param name="Type">"filter", "nat" or "route".</param>
/// <param name="Hook">The hook.</param>
/// <param name="Priority">Lower comes first; dstnat is -100, srcnat 100, raw -300, filter 0.</param>
public sealed record ChainHook(string Type, NfHook Hook, int Priority)
{
    /// <summary>What happens to a packet that no rule decided about: accept or drop.</summary>
    public VerdictKind Policy { get; init; } = VerdictKind.Accept;

    /// <summary>Of a chain that sees what devices get or send the devices' names; null for one of the stack.</summary>
    public IReadOnlyList<string>? Devices { get; init; }
}
