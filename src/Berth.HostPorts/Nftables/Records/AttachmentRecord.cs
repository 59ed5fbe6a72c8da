using System.Globalization;
using System.Net;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What an attachment holds in one family's table: an element of the map "attachments", whose key is the owner, whose data
/// is the pod's address, and whose comment is "1 MAPPINGS NETWORK LINK CONTAINER LABEL".
/// </summary>
/// <param name="Owner">The attachment, see <see cref="AttachmentId.Owner"/>.</param>
/// <param name="Pod">The pod's address.</param>
/// <param name="Mappings">How many elements of the port maps it made.</param>
/// <param name="Network">The network, see <see cref="AttachmentId.NetworkKey"/>.</param>
/// <param name="Link">The node's interface towards the pod, when its traffic is masqueraded; else null.</param>
/// <param name="Container">How the container's ID begins, see <see cref="OwnerLabel.Container"/>.</param>
/// <param name="Label">Who it is, for people.</param>
internal sealed record AttachmentRecord(
    string Owner, IPAddress Pod, int Mappings, string Network, string? Link, string Container, string Label)
{
    private const string NoLink = "-";

    internal Element ToElement() => new(Key(Owner))
    {
        Value = DataValue.FromAddress(Pod),
        Comment = string.Create(
            CultureInfo.InvariantCulture, $"{OwnerComment.Version} {Mappings} {Network} {Link ?? NoLink} {Container} {Label}"),
    };

    internal static DataValue Key(string owner) => DataValue.FromInterfaceName(owner);

    /// <summary>Null when the element is of another version, or somebody else's.</summary>
    internal static AttachmentRecord? Parse(Element? element) =>
        element?.Value is { Length: 4 or 16 } pod
        && element.Comment?.Split(' ', 6)
            is [OwnerComment.Version, var mappings, var network, var link, var container, var label]
        && int.TryParse(mappings, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new(element.Key.ToInterfaceName(), pod.ToAddress(), count, network, link == NoLink ? null : link, container, label)
            : null;
}
