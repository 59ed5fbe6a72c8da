using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Manifests;

/// <summary>
/// A scalar by the rules of YAML 1.1 as kubectl's library has them (go-yaml v2, resolve.go): <c>yes</c> and <c>on</c> are
/// booleans, <c>010</c> is eight, <c>0x1F90</c> and <c>8_080</c> are numbers, and so is <c>08</c>, which is no octal
/// number and hence taken for a fraction. <c>22:22</c> is a string there.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Boolean">The value of a boolean.</param>
/// <param name="Integer">The value of an integer; of a fraction that is whole as well (<c>8080.0</c>).</param>
/// <param name="IsWhole">Whether <paramref name="Integer"/> holds the number: Go writes 8080.0 into JSON as 8080.</param>
internal readonly partial record struct ScalarValue(ScalarKind Kind, bool Boolean = false, long Integer = 0, bool IsWhole = false)
{
    // Where Go's encoding of a fraction changes to an exponent, which is no integer to the API server.
    private const double LargestPlain = 1e18;

    private static readonly ScalarValue Null = new(ScalarKind.Null);
    private static readonly ScalarValue String = new(ScalarKind.Text);

    public static ScalarValue Of(string text, ScalarStyle style) => style switch
    {
        ScalarStyle.Text => String,
        ScalarStyle.JsonNumber => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)
            ? Whole(ScalarKind.Integer, integer)
            : Fraction(text),
        _ => OfPlain(text),
    };

    private static ScalarValue OfPlain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return Null;
            case "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return new(ScalarKind.Boolean, Boolean: true);
            case "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return new(ScalarKind.Boolean);
            case ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF"
                or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF":
                return new(ScalarKind.Fraction);
            default:
                break;
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('.' or '+' or '-'))
        {
            return String;
        }

        string digits = text.Replace("_", "", StringComparison.Ordinal);
        return WithPrefix(digits) is long integer ? Whole(ScalarKind.Integer, integer)
            : LooksLikeFraction().IsMatch(digits) ? Fraction(digits)
            : String;
    }

    // strconv.ParseInt with base 0.
    private static long? WithPrefix(string text)
    {
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        int radix = digits switch
        {
            ['0', 'x' or 'X', ..] => 16,
            ['0', 'b' or 'B', ..] => 2,
            ['0', _, ..] => 8,
            _ => 10,
        };
        digits = digits switch
        {
            ['0', 'x' or 'X' or 'b' or 'B' or 'o' or 'O', ..] => digits[2..],
            ['0', _, ..] => digits[1..],
            _ => digits,
        };
        if (digits.IsEmpty)
        {
            return null;
        }

        Int128 value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            value = (value * radix) + digit;
            if (digit >= radix || value > (Int128)long.MaxValue + 1)
            {
                return null;
            }
        }

        value = negative ? -value : value;
        return value <= long.MaxValue ? (long)value : null;
    }

    private static ScalarValue Fraction(string text)
    {
        bool parsed = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return parsed && double.IsInteger(value) && Math.Abs(value) < LargestPlain
            ? Whole(ScalarKind.Fraction, (long)value)
            : new(ScalarKind.Fraction);
    }

    private static ScalarValue Whole(ScalarKind kind, long value) => new(kind, Integer: value, IsWhole: true);

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeFraction();
}
