using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Reads the nft-style conditions of a configuration ("conditionsV4", "conditionsV6"): the part of nft's language that
/// docs/conditions.md describes, and an error for everything else, before anything is touched.
/// </summary>
public static class ConditionParser
{
    /// <summary>Makes expressions of a condition.</summary>
    /// <param name="words">The configuration's list; its items are joined by spaces.</param>
    /// <param name="family">IPv4 or IPv6: the other's fields are refused.</param>
    /// <param name="field">The configuration's key, for errors.</param>
    /// <exception cref="ConditionException">It is not understood.</exception>
    public static ConditionProgram Parse(IReadOnlyList<string> words, NfFamily family, string field)
    {
        if (family is not (NfFamily.Ip or NfFamily.Ip6))
        {
            throw new ArgumentOutOfRangeException(nameof(family), family, "conditions are of IPv4 or of IPv6");
        }

        ConditionTokens tokens = new(ConditionLexer.Read(string.Join(' ', words), field), field);
        ConditionMatchReader reader = new(tokens, family);
        do
        {
            reader.Read();
        }
        while (!tokens.IsAtEnd);
        return reader.Program;
    }
}
