namespace Berth.Lab;

/// <summary>What Kubernetes accepts as a name (apimachinery, util/validation): labels and subdomains of RFC 1123.</summary>
internal static class DnsName
{
    public const string LabelRule = "a name is at most 63 lower-case letters, digits and dashes, and neither begins nor ends with a dash";

    public const string SubdomainRule =
        "a name is at most 253 lower-case letters, digits, dashes and dots, and begins and ends with a letter or digit, as does each part of it";

    private const int LongestLabel = 63;
    private const int LongestSubdomain = 253;

    /// <summary>Whether a text may name a namespace, a Service, a container.</summary>
    public static bool IsLabel(string text) => text.Length <= LongestLabel && IsPart(text);

    /// <summary>Whether a text may name any other object.</summary>
    public static bool IsSubdomain(string text) => text.Length <= LongestSubdomain && text.Split('.').All(IsPart);

    private static bool IsPart(string text) =>
        text is [not '-', ..] and [.., not '-'] && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
