using System.Net.Sockets;
using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>A listener's fields as people read them.</summary>
internal static class ListenerText
{
    public static string Protocol(Listener listener) => listener.Protocol switch
    {
        0 => "any",
        6 => "tcp",
        17 => "udp",
        132 => "sctp",
        136 => "udplite",
        byte number => $"{number}",
    };

    /// <summary>As ss writes it: "0.0.0.0:80", "[::]:80", "*:80" for both families, "0.0.0.0%eth0:68" for one link.</summary>
    public static string Place(Listener listener)
    {
        string prefix = listener.PrefixLength is int length ? $"/{length}" : "";
        string address = listener is { IsAnyAddress: true, IsBothFamilies: true } ? "*"
            : listener.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{listener.Address}{prefix}]"
            : $"{listener.Address}{prefix}";
        return listener.Interface is string link ? $"{address}%{link}:{Ports(listener)}" : $"{address}:{Ports(listener)}";
    }

    /// <summary>Where it leads: the first, and how many more.</summary>
    public static string Target(Listener listener) => listener.Targets.Count switch
    {
        0 => "-",
        1 => listener.Targets[0],
        int count => $"{listener.Targets[0]} +{count - 1}",
    };

    private static string Ports(Listener listener) => listener.Ports is not { } ports ? "*"
        : ports.First == ports.Last ? $"{ports.First}"
        : $"{ports.First}-{ports.Last}";
}
