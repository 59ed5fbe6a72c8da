using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Berth.Inspection;

/// <summary>Reads /proc/net/ip_vs, the kernel's own listing of the network namespace's virtual services.</summary>
internal static class IpvsReader
{
    private const string Listing = "/proc/net/ip_vs";

    internal static Part<IReadOnlyList<IpvsService>> Read() => File.Exists(Listing)
        ? Part.Of<IReadOnlyList<IpvsService>>(Parse(File.ReadLines(Listing)))
        : Part.Absent<IReadOnlyList<IpvsService>>("this kernel has no IPVS, or has not loaded it");

    /// <summary>
    /// Reads ip_vs_info_seq_show()'s lines: "TCP  0A600001:0050 rr", "UDP  [fd00::1]:0035 rr", "FWM  00000001 rr", and below
    /// each service its servers: "  -> 0A000002:0050      Masq    1      0          0".
    /// </summary>
    internal static List<IpvsService> Parse(IEnumerable<string> lines)
    {
        List<IpvsService> services = [];
        List<IpvsServer> servers = [];
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["->", var server, var forwarding, var weight, ..] && Endpoint(server) is var (address, port)
                && int.TryParse(weight, CultureInfo.InvariantCulture, out int share))
            {
                servers.Add(new IpvsServer(address, port, forwarding, share));
            }
            else if (words is ["TCP" or "UDP" or "SCTP", var place, var scheduler, ..] && Endpoint(place) is var (own, ownPort))
            {
                services.Add(new IpvsService(Protocol(words[0]), own, ownPort, 0, scheduler, servers = []));
            }
            else if (words is ["FWM", var mark, var markScheduler, ..]
                && uint.TryParse(mark, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint number))
            {
                services.Add(new IpvsService(0, null, 0, number, markScheduler, servers = []));
            }
        }

        return services;
    }

    private static byte Protocol(string name) => name switch { "TCP" => 6, "UDP" => 17, _ => 132 };

    private static (IPAddress Address, ushort Port)? Endpoint(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        if (text[0] == '[')
        {
            return colon > 1 && IPAddress.TryParse(text.AsSpan(1, colon - 2), out IPAddress? v6) ? (v6, port) : null;
        }

        if (!uint.TryParse(text.AsSpan(0, colon), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint number))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return (new IPAddress(bytes), port);
    }
}
