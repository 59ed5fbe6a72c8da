namespace Berth.Lab;

/// <summary>A name in braces, such as <c>{pod/web}</c>, which in a command and in what it shows stands for an address.</summary>
/// <param name="Start">Where in the text its brace opens.</param>
/// <param name="Name">What is between the braces.</param>
internal readonly record struct Placeholder(int Start, string Name)
{
    public const string Allowed =
        "{pod/NAME}, {pod/NAMESPACE/NAME}, {service/NAME}, {service/NAMESPACE/NAME}, {node/NAME}, {gateway/NODE}, {overlay/NODE} or {outside}";

    /// <summary>Where in the text it ends.</summary>
    public int End => Start + Name.Length + 2;

    /// <summary>The next one in a text: words of letters, digits, dashes and dots with a slash between them. What else stands in
    /// braces is somebody else's: a set of nft, a program of awk, <c>${NAME/PATTERN}</c> of a shell.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin.</param>
    public static Placeholder? Next(string text, int from)
    {
        for (int open = text.IndexOf('{', from); open >= 0; open = text.IndexOf('{', open + 1))
        {
            int close = text.IndexOf('}', open);
            if (close < 0)
            {
                return null;
            }

            string name = text[(open + 1)..close];
            if ((open == 0 || text[open - 1] != '$') && (name == "outside" || IsName(name.Trim())))
            {
                return new Placeholder(open, name);
            }
        }

        return null;
    }

    private static bool IsName(string text) =>
        text.Split('/') is [_, _] or [_, _, _]
        && text.Split('/').All(static part => part.Length > 0 && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'));
}
