using System.Net;

namespace Berth.Kernel.Tests.Topology;

/// <summary>Which address families the kernel has.</summary>
internal static class KernelFamilies
{
    /// <summary>Whether IPv6 is one: not with ipv6.disable=1 on its command line.</summary>
    internal static bool HaveIPv6 { get; } = File.Exists("/proc/net/if_inet6");

    /// <summary>The commands, one a line, that speak of no address of a family that the kernel has not.</summary>
    internal static string Supported(string commands) => HaveIPv6
        ? commands
        : string.Join('\n', commands.Split('\n').Where(static line => !line.Split(' ').Any(static word =>
            word.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(word.Split('/')[0], out _))));
}
