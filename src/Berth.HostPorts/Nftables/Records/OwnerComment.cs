using System.Globalization;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Whose an element is, as it stands in its comment: "1 OWNER LABEL", where 1 is the format's version, and "1 OWNER LABEL +DEPTH"
/// for a mapping that was taken from somebody. A comment survives `nft list ruleset` and being loaded again; other userdata
/// does not.
/// </summary>
/// <param name="Owner">The attachment, see <see cref="AttachmentId.Owner"/>.</param>
/// <param name="Label">The same for people.</param>
internal sealed record OwnerComment(string Owner, string Label)
{
    internal const string Version = "1";

    private const string DepthMark = " +";

    /// <summary>
    /// Greater than that of any <see cref="SupersededClaim"/> on the same ports; 0 when there cannot be one, so that nobody
    /// needs to look.
    /// </summary>
    internal int Depth { get; init; }

    public override string ToString() => Depth == 0
        ? $"{Version} {Owner} {Label}"
        : string.Create(CultureInfo.InvariantCulture, $"{Version} {Owner} {Label}{DepthMark}{Depth}");

    /// <summary>Null when the comment is of another version, or somebody else's.</summary>
    internal static OwnerComment? Parse(string? comment)
    {
        if (comment?.Split(' ', 3) is not [Version, { Length: > 0 } owner, var label])
        {
            return null;
        }

        int mark = label.LastIndexOf(DepthMark, StringComparison.Ordinal);
        return mark >= 0 && int.TryParse(
            label.AsSpan(mark + DepthMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int depth)
            ? new(owner, label[..mark]) { Depth = depth }
            : new(owner, label);
    }

    internal static bool IsOf(string? comment, string owner) => Parse(comment)?.Owner == owner;
}
