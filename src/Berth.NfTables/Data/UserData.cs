using System.Text;

namespace Berth.NfTables;

/// <summary>
/// Bytes that the kernel keeps with an object for whoever made it: type, length and value, one after the other. Type 0
/// is nft's comment, NUL-terminated, for tables, chains, rules and elements alike (libnftnl's udata).
/// </summary>
public static class UserData
{
    /// <summary>
    /// Bytes at most. 255 are refused by the kernel, and 256 are accepted and silently dropped: its length byte wraps.
    /// </summary>
    public const int MaxLength = 254;

    /// <summary>Bytes of a comment at most, as nft limits them (NFTNL_UDATA_COMMENT_MAXLEN).</summary>
    public const int MaxCommentLength = 128;

    internal const int MaxCommentSize = 2 + MaxCommentLength + 1;

    private const byte TypeComment = 0;

    /// <summary>Userdata that holds this comment.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxCommentLength"/> bytes.</exception>
    public static byte[] FromComment(string comment)
    {
        Span<byte> bytes = stackalloc byte[MaxCommentSize];
        return bytes[..WriteComment(bytes, comment)].ToArray();
    }

    /// <summary>Writes userdata that holds this comment to the start of <see cref="MaxCommentSize"/> bytes.</summary>
    /// <returns>How many bytes it takes.</returns>
    internal static int WriteComment(Span<byte> bytes, string comment)
    {
        int length = Encoding.UTF8.GetByteCount(comment);
        if (length > MaxCommentLength)
        {
            throw new ArgumentException($"a comment of {length} bytes; nft allows {MaxCommentLength}", nameof(comment));
        }

        bytes[0] = TypeComment;
        bytes[1] = (byte)(length + 1);
        Encoding.UTF8.GetBytes(comment, bytes[2..]);
        bytes[2 + length] = 0;
        return 2 + length + 1;
    }

    /// <summary>The comment in these bytes, or null when there is none, or the bytes are something else.</summary>
    public static string? Comment(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 2 && bytes.Length - 2 >= bytes[1])
        {
            ReadOnlySpan<byte> value = bytes.Slice(2, bytes[1]);
            if (bytes[0] == TypeComment)
            {
                int end = value.IndexOf((byte)0);
                return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
            }

            bytes = bytes[(2 + value.Length)..];
        }

        return null;
    }
}
