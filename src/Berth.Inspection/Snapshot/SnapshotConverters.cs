using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Addresses as text.</summary>
internal sealed class AddressConverter : JsonConverter<IPAddress>
{
    public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPAddress.TryParse(reader.GetString(), out IPAddress? address)
            ? address
            : throw new JsonException($"'{reader.GetString()}' is no address");

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Keys and data of nf_tables in hexadecimal.</summary>
internal sealed class DataValueConverter : JsonConverter<DataValue>
{
    public override DataValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DataValue.FromBytes(HexConverter.Parse(ref reader));

    public override void Write(Utf8JsonWriter writer, DataValue value, JsonSerializerOptions options) =>
        HexConverter.Write(writer, value.Bytes);
}

/// <summary>Bytes, such as a link-layer address, in hexadecimal.</summary>
internal sealed class HexConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    private const int OnStack = 512;

    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(ref reader);

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        Write(writer, value.Span);

    internal static byte[] Parse(ref Utf8JsonReader reader)
    {
        try
        {
            return Convert.FromHexString(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException($"'{reader.GetString()}' is not hexadecimal", e);
        }
    }

    internal static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length * 2;
        Span<byte> text = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = Digit(bytes[i] >> 4);
            text[(2 * i) + 1] = Digit(bytes[i] & 0xf);
        }

        writer.WriteStringValue(text[..length]);
    }

    private static byte Digit(int value) => "0123456789abcdef"u8[value];
}

/// <summary>
/// An expression as its kernel name and its attributes (NFTA_*) in base64, as they stand on the wire: nothing that the
/// kernel said of it is lost, known here or not.
/// </summary>
internal sealed class ExpressionConverter : JsonConverter<Expression>
{
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText Attributes = JsonEncodedText.Encode("attributes");

    public override Expression Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = null;
        byte[] attributes = [];
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an expression is an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? key = reader.GetString();
            reader.Read();
            switch (key)
            {
                case "name":
                    name = reader.GetString();
                    break;
                case "attributes":
                    attributes = reader.GetBytesFromBase64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        try
        {
            return Expression.FromAttributes(name ?? throw new JsonException("an expression has no name"), attributes);
        }
        catch (NetlinkFormatException e)
        {
            throw new JsonException($"attributes of an expression {name}: {e.Message}", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Expression value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Name, value.Name);
        writer.WriteBase64String(Attributes, value.ToAttributes().Bytes);
        writer.WriteEndObject();
    }
}
