using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>What one must know to read a rule beside the rule.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="IsLittleEndian">The byte order of the machine that it is of.</param>
/// <param name="SetName">The name of an ipset with a number; the kernel's structures hold the number alone.</param>
internal sealed record RuleContext(AddressFamily Family, bool IsLittleEndian, Func<ushort, string?> SetName)
{
    internal bool IsIPv4 => Family == AddressFamily.InterNetwork;
}
