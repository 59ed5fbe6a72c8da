namespace Berth.Inspection;

/// <summary>The tables of iptables-legacy of one family.</summary>
/// <param name="IsIPv6">Whether they are those of ip6tables.</param>
/// <param name="Tables">The tables that exist (/proc/net/ip_tables_names).</param>
/// <param name="Save">What iptables-legacy-save prints.</param>
public sealed record LegacyTables(bool IsIPv6, IReadOnlyList<string> Tables, string Save);
