using System.Globalization;
using System.Net.Sockets;
using Berth.Inspection;

namespace Berth.Cli.Inputs;

/// <summary>Which listeners are wanted.</summary>
internal sealed class ListenerFilter
{
    private readonly List<ushort> _ports = [];
    private readonly List<string> _owners = [];
    private readonly HashSet<byte> _protocols = [];
    private AddressFamily? _family;

    /// <exception cref="CommandException">A filter is a number that is no port.</exception>
    public static ListenerFilter Parse(IEnumerable<string> filters, bool tcp, bool udp, bool ipv4, bool ipv6)
    {
        ListenerFilter filter = new()
        {
            _family = (ipv4, ipv6) switch
            {
                (true, false) => AddressFamily.InterNetwork,
                (false, true) => AddressFamily.InterNetworkV6,
                _ => null,
            },
        };
        foreach (string text in filters)
        {
            if (!text.All(char.IsAsciiDigit) || text.Length == 0)
            {
                filter._owners.Add(text);
            }
            else if (ushort.TryParse(text, CultureInfo.InvariantCulture, out ushort port) && port > 0)
            {
                filter._ports.Add(port);
            }
            else
            {
                throw new CommandException($"FILTER {text}: a port is between 1 and 65535");
            }
        }

        if (tcp)
        {
            filter._protocols.Add(6);
        }

        if (udp)
        {
            filter._protocols.Add(17);
        }

        return filter;
    }

    public bool Matches(Listener listener) =>
        (_protocols.Count == 0 || listener.Protocol == 0 || _protocols.Contains(listener.Protocol))
        && (_family is null || listener.IsBothFamilies || listener.Address.AddressFamily == _family)
        && ((_ports.Count == 0 && _owners.Count == 0)
            || _ports.Exists(port => listener.Ports is null || (listener.Ports.First <= port && port <= listener.Ports.Last))
            || _owners.Exists(text => IsOf(listener.Owner, text)));

    private static bool IsOf(ListenerOwner owner, string text)
    {
        foreach (string? name in (ReadOnlySpan<string?>)[owner.Pod, owner.Service, owner.Container, owner.Process, owner.Network])
        {
            if (name is not null && name.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
