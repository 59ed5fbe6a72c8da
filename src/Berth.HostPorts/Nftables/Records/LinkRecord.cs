using System.Globalization;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// An interface towards pods: an element of the set "links", twice the interface's name, whose comment is
/// "1 route_localnet=V", what the sysctl was before the first attachment came (IPv4; else "1").
/// </summary>
/// <param name="Link">The interface.</param>
/// <param name="FormerRouteLocalnet">The sysctl's value before Berth; null where it was not touched.</param>
internal sealed record LinkRecord(string Link, int? FormerRouteLocalnet)
{
    private const string LocalnetField = "route_localnet=";

    internal Element ToElement() => new(Key(Link))
    {
        Comment = FormerRouteLocalnet is int value
            ? string.Create(CultureInfo.InvariantCulture, $"{OwnerComment.Version} {LocalnetField}{value}")
            : OwnerComment.Version,
    };

    internal static DataValue Key(string link)
    {
        DataValue name = DataValue.FromInterfaceName(link);
        return DataValue.Concatenate(name, name);
    }

    /// <summary>What a link's element says; null when there is none. A comment that is not ours says nothing.</summary>
    internal static LinkRecord? Parse(Element? element) =>
        element is null ? null : new LinkRecord(element.Key.ToInterfaceName(), Former(element.Comment));

    private static int? Former(string? comment) =>
        comment?.Split(' ') is [OwnerComment.Version, var field]
        && field.StartsWith(LocalnetField, StringComparison.Ordinal)
        && int.TryParse(field.AsSpan(LocalnetField.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : null;
}
