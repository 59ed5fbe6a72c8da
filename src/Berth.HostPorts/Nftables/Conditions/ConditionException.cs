namespace Berth.HostPorts.Nftables;

/// <summary>A condition that is not understood: which part, where, and what could stand there.</summary>
public sealed class ConditionException : Exception
{
    private const int LongestQuoted = 60;

    /// <summary>For the part <paramref name="token"/>.</summary>
    /// <param name="field">The configuration's key, such as "conditionsV4".</param>
    /// <param name="token">The part at fault; empty when the text ended too early.</param>
    /// <param name="position">Its first character in the joined text, counted from 1.</param>
    /// <param name="allowed">What could stand there, or what is wrong with it.</param>
    public ConditionException(string field, string token, int position, string allowed)
        : base(token.Length == 0
            ? $"{field}: ends too early, at character {position}: {allowed}"
            : $"{field}: '{Quote(token)}' at character {position} is not understood: {allowed}")
    {
        Field = field;
        Token = token;
        Position = position;
        Allowed = allowed;
    }

    /// <summary>The configuration's key.</summary>
    public string Field { get; }

    /// <summary>The part at fault; empty when the text ended too early.</summary>
    public string Token { get; }

    /// <summary>Its first character in the words joined by single spaces, counted from 1.</summary>
    public int Position { get; }

    /// <summary>What could stand there, or what is wrong with it.</summary>
    public string Allowed { get; }

    private static string Quote(string token) => token.Length <= LongestQuoted ? token : token[..LongestQuoted] + "...";
}
