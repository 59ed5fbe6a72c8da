namespace Berth.HostPorts.Configuration;

/// <summary>
/// Tells the two syntaxes of "conditionsV4" and "conditionsV6" apart as the reference does: by the first character of
/// the first argument. iptables' arguments begin with - or !, an nft expression never does.
/// </summary>
internal static class ConditionSyntax
{
    public static bool IsIptables(IReadOnlyList<string>? conditions) =>
        conditions is { Count: > 0 } && conditions[0] is ['-' or '!', ..];

    public static bool IsNftables(IReadOnlyList<string>? conditions) =>
        conditions is { Count: > 0 } && !IsIptables(conditions);
}
