using System.Text;

namespace Berth.Bench.Results;

/// <summary>What a program that Go's compiler made says of itself in its file (Go's debug/buildinfo): programs that do not name their version
/// on request are known by it.</summary>
internal static class GoBuild
{
    private const int Header = 32;
    private const int FlagsAt = 15;
    private const byte IsInline = 2;

    // runtime/debug sets them around what it has of modules.
    private const int Mark = 16;

    // Behind a byte 0xff, by which the header begins.
    private static ReadOnlySpan<byte> Magic => " Go buildinf:"u8;

    /// <summary>The compiler, and the main package with the version of its module; null of any other program.</summary>
    public static string? Describe(ReadOnlySpan<byte> file)
    {
        int place = file.IndexOf(Magic);
        if (place < 1 || file.Length < place - 1 + Header)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = file[(place - 1)..];
        if ((rest[FlagsAt] & IsInline) == 0)
        {
            return null;
        }

        rest = rest[Header..];
        ReadOnlySpan<byte> compiler = Take(ref rest);
        ReadOnlySpan<byte> modules = Take(ref rest);
        string[] lines = modules.Length > 2 * Mark ? Encoding.UTF8.GetString(modules[Mark..^Mark]).Split('\n') : [];
        string package = lines.Where(static line => line.StartsWith("path\t", StringComparison.Ordinal)).Select(static line => line[5..]).FirstOrDefault("");
        string module = lines.Where(static line => line.StartsWith("mod\t", StringComparison.Ordinal))
            .Select(static line => " " + string.Join(' ', line.Split('\t').Skip(1).Take(2))).FirstOrDefault("");
        return $"{Encoding.UTF8.GetString(compiler)}{(package.Length > 0 ? " " : "")}{package}{module}";
    }

    // A length in base 128, the lowest digits first, and as many bytes.
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        int length = 0;
        int shift = 0;
        int used = 0;
        while (used < rest.Length && shift < 28)
        {
            byte digit = rest[used++];
            length |= (digit & 0x7f) << shift;
            shift += 7;
            if (digit < 0x80)
            {
                break;
            }
        }

        length = Math.Min(length, rest.Length - used);
        ReadOnlySpan<byte> taken = rest.Slice(used, length);
        rest = rest[(used + length)..];
        return taken;
    }
}
