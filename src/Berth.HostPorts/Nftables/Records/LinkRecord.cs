using System.Globalization;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// An interface towards pods: an element of the set "links", twice the interface's name, whose comment is
/// "1 users=N route_localnet=V": how many attachments are behind it, and what the sysctl was before the first.
/// </summary>
/// <param name="Link">The interface.</param>
/// <param name="Users">Attachments whose record names it.</param>
/// <param name="FormerRouteLocalnet">The sysctl's value before Berth; null where it was not touched (IPv6).</param>
internal sealed record LinkRecord(string Link, int Users, int? FormerRouteLocalnet)
{
    private const string UsersField = "users=";
    private const string LocalnetField = "route_localnet=";

    internal Element ToElement() => new(Key(Link))
    {
        Comment = string.Create(CultureInfo.InvariantCulture, $"{OwnerComment.Version} {UsersField}{Users}")
            + (FormerRouteLocalnet is int value
                ? string.Create(CultureInfo.InvariantCulture, $" {LocalnetField}{value}")
                : ""),
    };

    internal static DataValue Key(string link)
    {
        DataValue name = DataValue.FromInterfaceName(link);
        return DataValue.Concatenate(name, name);
    }

    /// <summary>Null when there is no element, or it is not one of ours.</summary>
    internal static LinkRecord? Parse(Element? element)
    {
        string[] parts = element?.Comment?.Split(' ') ?? [];
        if (element is null || parts is not [OwnerComment.Version, var users, ..]
            || Number(users, UsersField) is not int count)
        {
            return null;
        }

        int? former = parts.Length > 2 ? Number(parts[2], LocalnetField) : null;
        return new LinkRecord(element.Key.ToInterfaceName(), count, former);
    }

    private static int? Number(string text, string field) => text.StartsWith(field, StringComparison.Ordinal)
        && int.TryParse(text.AsSpan(field.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
