namespace Berth.HostPorts.Nftables;

/// <summary>
/// Whose an element is, as it stands in its comment: "1 OWNER LABEL", where 1 is the format's version. A comment survives
/// `nft list ruleset` and being loaded again; other userdata does not.
/// </summary>
/// <param name="Owner">The attachment, see <see cref="AttachmentId.Owner"/>.</param>
/// <param name="Label">The same for people.</param>
internal sealed record OwnerComment(string Owner, string Label)
{
    internal const string Version = "1";

    public override string ToString() => $"{Version} {Owner} {Label}";

    /// <summary>Null when the comment is of another version, or somebody else's.</summary>
    internal static OwnerComment? Parse(string? comment) =>
        comment?.Split(' ', 3) is [Version, { Length: > 0 } owner, var label] ? new(owner, label) : null;

    internal static bool IsOf(string? comment, string owner) => Parse(comment)?.Owner == owner;
}
