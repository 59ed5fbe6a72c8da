using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Reads of the nat table of iptables' legacy flavour what containers' chains say of ports, from the kernel's own structures
/// (struct ipt_entry of linux/netfilter_ipv4/ip_tables.h, struct ip6t_entry of linux/netfilter_ipv6/ip6_tables.h): no
/// program is needed. Of rules that it does not understand it keeps what it does.
/// </summary>
internal sealed class LegacyNatTable
{
    private const int ExtensionHeader = 32; // struct xt_entry_match and xt_entry_target: size, name[29], revision
    private const int NameLength = 29;
    private const int LinkMasks = 32; // iniface_mask and outiface_mask, before the protocol
    private const int ErrorNameLength = 30; // struct xt_error_target: how a chain begins

    private readonly byte[] _entries;
    private readonly AddressFamily _family;
    private readonly int _addressLength;
    private readonly int _protocolOffset;
    private readonly int _headerLength;

    // The chains in the table's order, by the offset of their first rule, which is what a jump holds.
    private readonly List<int> _starts = [];
    private readonly List<string> _chains = [];

    private LegacyNatTable(AddressFamily family, byte[] entries)
    {
        _entries = entries;
        _family = family;
        (_addressLength, _protocolOffset, _headerLength) = family == AddressFamily.InterNetwork ? (4, 80, 112) : (16, 128, 168);
    }

    // The two offsets stand behind the addresses and their like, and a mark for debugging.
    private int OffsetsAt => _family == AddressFamily.InterNetwork ? 88 : 140;

    /// <summary>Reads it; null when it changes so often that it cannot be read.</summary>
    internal static NatTable? Read(AddressFamily family) => LegacyIptables.TryRead(family, "nat"u8, out _, out byte[] entries)
        ? new LegacyNatTable(family, entries[Interop.GetEntriesHeader..]).Read()
        : null;

    private NatTable Read()
    {
        NatTable table = new();
        FindChains();
        List<SavedRule>? rules = null;
        for (int at = 0; Next(at) is int next; at = next)
        {
            if (ChainAt(next) is string chain)
            {
                rules = chain == ChainNames.Dnat || ChainNames.IsOfContainer(chain) ? table.Chain(chain) : null;
            }
            else if (rules is not null && Arguments(at, next) is { Count: > 0 } arguments)
            {
                // Without any it is the return at a chain's end, which nobody writes.
                rules.Add(new SavedRule(arguments));
            }
        }

        return table;
    }

    private void FindChains()
    {
        for (int at = 0; Next(at) is int next; at = next)
        {
            if (TargetAt(at, next) is { Name: "ERROR" } target)
            {
                ReadOnlySpan<byte> name = target.Info.Span;
                _starts.Add(next);
                _chains.Add(Text(name[..Math.Min(ErrorNameLength, name.Length)]));
            }
        }
    }

    private string? ChainAt(int start)
    {
        int index = _starts.BinarySearch(start);
        return index < 0 ? null : _chains[index];
    }

    // The end of an entry; null where there is none.
    private int? Next(int at)
    {
        if (at + _headerLength > _entries.Length)
        {
            return null;
        }

        int target = UInt16(at + OffsetsAt);
        int length = UInt16(at + OffsetsAt + 2);
        return target >= _headerLength && length >= target + ExtensionHeader && at + length <= _entries.Length ? at + length : null;
    }

    private List<string> Arguments(int at, int next)
    {
        List<string> arguments = [];
        AddAddress(arguments, "-s", at);
        AddAddress(arguments, "-d", at + _addressLength);

        // Names of links, of which the masks say how much counts; and what is inverted.
        bool isRead = _entries.AsSpan(at + _protocolOffset - LinkMasks, LinkMasks).IndexOfAnyExcept((byte)0) < 0
            && _entries[at + _protocolOffset + (_addressLength == 4 ? 3 : 4)] == 0;
        string? protocol = NftRuleArguments.Name(_entries[at + _protocolOffset]);
        arguments.AddRange(protocol is null ? [] : ["-p", protocol]);
        int end = at + UInt16(at + OffsetsAt);
        for (int match = at + _headerLength, length; match + ExtensionHeader <= end; match += length)
        {
            length = Math.Clamp((int)UInt16(match), ExtensionHeader, end - match);
            XtExtension extension = Extension(match, match + length);
            if (extension.Name == "comment")
            {
                arguments.AddRange(["-m", "comment", "--comment", extension.Comment]);
            }
            else if (extension.Name == protocol && extension.DestinationPorts() is { } ports && ports.First == ports.Last)
            {
                arguments.AddRange(["-m", protocol, "--dport", ports.First.ToString(CultureInfo.InvariantCulture)]);
            }
            else
            {
                isRead &= extension.Name == "multiport";
            }
        }

        arguments.AddRange(isRead ? [] : JumpConditions.Unread);

        XtExtension target = TargetAt(at, next);
        if (target.Name.Length == 0 && target.Info.Length >= sizeof(int)
            && ChainAt(BitConverter.ToInt32(target.Info.Span)) is string chain)
        {
            arguments.AddRange(["-j", chain]);
        }
        else if (target.Name == "DNAT" && target.NatRange(_family) is ({ } pod, { } port))
        {
            arguments.AddRange(["-j", "DNAT", "--to-destination", new IPEndPoint(pod, port.First).ToString()]);
        }

        return arguments;
    }

    private void AddAddress(List<string> arguments, string option, int at)
    {
        int prefix = 0;
        foreach (byte part in _entries.AsSpan(at + (2 * _addressLength), _addressLength))
        {
            prefix += int.PopCount(part);
        }

        if (prefix > 0)
        {
            string address = new IPAddress(_entries.AsSpan(at, _addressLength)).ToString();
            arguments.AddRange([option, string.Create(CultureInfo.InvariantCulture, $"{address}/{prefix}")]);
        }
    }

    private XtExtension TargetAt(int at, int next) => Extension(at + UInt16(at + OffsetsAt), next);

    private XtExtension Extension(int at, int end) => new(
        Text(_entries.AsSpan(at + 2, NameLength)), _entries[at + 2 + NameLength], _entries[(at + ExtensionHeader)..end]);

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private ushort UInt16(int at) => BitConverter.ToUInt16(_entries, at);
}
