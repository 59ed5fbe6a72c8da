using System.Text.Json;
using System.Text.Unicode;

namespace Berth.Cni;

/// <summary>Reads the network configuration from stdin, from whoever calls: bounded in size and depth, valid UTF-8.</summary>
internal static class ConfigurationReader
{
    /// <summary>Bytes. 10,000 port mappings are about 1 MB; an endless stdin must not eat the node's memory.</summary>
    public const int MaxSize = 16 * 1024 * 1024;

    /// <summary>Levels of nesting; real configurations have fewer than ten.</summary>
    public const int MaxDepth = 512;

    // Bytes.
    private const int RoomyText = 1024;

    private const string Failure = "error unmarshall network config: ";

    public static byte[] ReadAll(Stream stdin)
    {
        byte[] buffer = new byte[2 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                int read = stdin.Read(buffer, length, buffer.Length - length);
                if (read == 0)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                length += read;
                if (length > MaxSize)
                {
                    throw CniException.DecodingFailure(
                        Failure + "too big", $"stdin holds more than {MaxSize} bytes; allowed: up to {MaxSize}");
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, Math.Min(buffer.Length * 4, MaxSize + 1));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CniException.IOFailure(
                "error reading from stdin: " + exception.Message, "stdin must hold the network configuration, as JSON", exception);
        }
    }

    public static JsonElement Parse(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw CniException.DecodingFailure(
                Failure + "invalid UTF-8", "stdin holds bytes that are not UTF-8; allowed: JSON in UTF-8 (RFC 8259)");
        }

        SurrogateRepair.Mend(utf8);
        JsonElement root;
        try
        {
            // Not disposed: the elements live as long as the process, whose memory the kernel takes back.
            root = JsonDocument.Parse(WithRoom(utf8), new JsonDocumentOptions { MaxDepth = MaxDepth }).RootElement;
        }
        catch (JsonException exception)
        {
            string what = JsonEndsEarly(utf8) ? "unexpected end of JSON input" : "invalid JSON";
            throw CniException.DecodingFailure(Failure + what, WhereItIsWrong(utf8) ?? exception.Message, exception);
        }

        // As in the reference, null is an object without properties: "missing network name" is what comes of it.
        return root.ValueKind is JsonValueKind.Object or JsonValueKind.Null
            ? root
            : throw CniException.DecodingFailure(
                $"{Failure}cannot unmarshal {root.KindName()}", $"stdin holds a JSON {root.KindName()}; allowed: an object");
    }

    // JsonDocument sizes its table by the text. One of 512 bytes that must grow goes back to the pool beside the parser's
    // stack, which is as large; and two arrays of one size make the runtime try 5,000 times how fast it can tell the
    // processor's number: a tenth of an ADD. Spaces behind the text make the table larger.
    private static byte[] WithRoom(byte[] utf8)
    {
        if (utf8.Length >= RoomyText)
        {
            return utf8;
        }

        byte[] text = new byte[RoomyText];
        utf8.CopyTo(text, 0);
        text.AsSpan(utf8.Length).Fill((byte)' ');
        return text;
    }

    // In the parser's words about the text as it came: it quotes what follows, and that is not to be our spaces.
    private static string? WhereItIsWrong(byte[] utf8)
    {
        try
        {
            JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth }).Dispose();
            return null;
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
    }

    public static string NetworkName(JsonElement configuration)
    {
        string? name = null;
        if (configuration.TryGetPropertyIgnoringCase("name", out JsonElement element) && !element.TryGetText(out name))
        {
            throw CniException.DecodingFailure(
                $"{Failure}cannot unmarshal {element.KindName()} into name",
                $"name is of type {element.KindName()}; allowed: a string");
        }

        NameRules.CheckNetworkName(name);
        return name!;
    }

    public static string Version(JsonElement configuration)
    {
        if (!configuration.TryGetPropertyIgnoringCase("cniVersion", out JsonElement element))
        {
            return ProtocolVersion.WhenMissing;
        }

        if (!element.TryGetText(out string? version))
        {
            throw CniException.DecodingFailure(
                $"decoding version from network config: cannot unmarshal {element.KindName()} into cniVersion",
                $"cniVersion is of type {element.KindName()}; allowed: {string.Join(", ", ProtocolVersion.Supported)}");
        }

        return version.Length == 0 ? ProtocolVersion.WhenMissing : version;
    }

    /// <summary>Whether the text is the beginning of JSON: what a runtime that died, or wrote nothing, leaves.</summary>
    private static bool JsonEndsEarly(byte[] utf8)
    {
        Utf8JsonReader reader = new(
            utf8, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
