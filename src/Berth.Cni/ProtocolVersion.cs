using System.Globalization;

namespace Berth.Cni;

/// <summary>A version of the CNI protocol. Missing parts count as zero: "1.1" is 1.1.0.</summary>
/// <param name="Major">The first part.</param>
/// <param name="Minor">The second part.</param>
/// <param name="Micro">The third part.</param>
public readonly record struct ProtocolVersion(int Major, int Minor, int Micro) : IComparable<ProtocolVersion>
{
    /// <summary>What a configuration without "cniVersion" means.</summary>
    public const string WhenMissing = "0.1.0";

    /// <summary>The newest version that <see cref="Supported"/> holds.</summary>
    public const string Newest = "1.1.0";

    /// <summary>Every version that Berth speaks, oldest first.</summary>
    public static IReadOnlyList<string> Supported { get; } =
        ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

    /// <summary>The first version that has CHECK.</summary>
    public static ProtocolVersion FirstWithCheck { get; } = new(0, 4, 0);

    /// <summary>The first version that has GC and STATUS.</summary>
    public static ProtocolVersion FirstWithGcAndStatus { get; } = new(1, 1, 0);

    /// <summary>Whether the text is exactly one of <see cref="Supported"/>.</summary>
    public static bool IsSupported(string text)
    {
        foreach (string supported in Supported)
        {
            if (supported == text)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads one to three decimal parts.</summary>
    /// <exception cref="CniException">Code 6: it is no version.</exception>
    public static ProtocolVersion Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('.');
        if (parts.Length > 3)
        {
            throw CniException.DecodingFailure($"invalid version \"{text}\": too many parts");
        }

        return new ProtocolVersion(
            ParsePart(text, parts, 0, "major"), ParsePart(text, parts, 1, "minor"), ParsePart(text, parts, 2, "micro"));
    }

    /// <inheritdoc/>
    public int CompareTo(ProtocolVersion other)
    {
        int major = Major.CompareTo(other.Major);
        int minor = Minor.CompareTo(other.Minor);
        return major != 0 ? major : minor != 0 ? minor : Micro.CompareTo(other.Micro);
    }

    /// <summary>Whether the left one is older.</summary>
    public static bool operator <(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is newer.</summary>
    public static bool operator >(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is older, or they are equal.</summary>
    public static bool operator <=(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is newer, or they are equal.</summary>
    public static bool operator >=(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Micro}";

    private static int ParsePart(string text, string[] parts, int index, string name)
    {
        if (index >= parts.Length)
        {
            return 0;
        }

        return int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw CniException.DecodingFailure(
                $"failed to convert {name} version part \"{parts[index]}\"",
                $"cniVersion is \"{text}\"; allowed: {string.Join(", ", Supported)}");
    }
}
