namespace Berth.HostPorts;

/// <summary>Whether the kernel has IPv6.</summary>
public static class IPv6Support
{
    /// <summary>What to do about a pod that is said to have an address which the kernel has no family for.</summary>
    public const string Remedy =
        "The kernel has no IPv6 (ipv6.disable=1, or built without), and prevResult gives the pod an IPv6 address. Enable IPv6, "
        + "or let the plugin that makes the interface give none.";

    // Where the kernel has IPv6 it is there, if only empty.
    private const string Addresses = "/proc/net/if_inet6";

    /// <summary>Whether it has.</summary>
    public static bool IsPresent() => File.Exists(Addresses);
}
