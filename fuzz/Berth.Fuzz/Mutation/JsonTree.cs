using System.Buffers;
using System.Text.Json;

namespace Berth.Fuzz;

/// <summary>JSON taken apart: an object's keys may repeat, and a scalar is whatever text stands there.</summary>
internal sealed class JsonTree
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 200 };

    /// <summary>'{' for an object, '[' for a list, 0 for a scalar.</summary>
    internal char Kind { get; set; }

    /// <summary>An object's keys, as they stand in the text with their quotes, beside its <see cref="Items"/>.</summary>
    internal List<byte[]> Keys { get; set; } = [];

    internal List<JsonTree> Items { get; set; } = [];

    /// <summary>A scalar's text.</summary>
    internal byte[] Scalar { get; set; } = [];

    /// <summary>Null when it is not JSON.</summary>
    internal static JsonTree? Parse(byte[] json)
    {
        try
        {
            Utf8JsonReader reader = new(json, Options);
            return reader.Read() ? Read(ref reader) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    internal static JsonTree Of(ReadOnlySpan<byte> scalar) => new() { Scalar = scalar.ToArray() };

    internal JsonTree Copy() => new()
    {
        Kind = Kind,
        Keys = [.. Keys],
        Items = Items.ConvertAll(static i => i.Copy()),
        Scalar = Scalar,
    };

    internal byte[] ToBytes()
    {
        ArrayBufferWriter<byte> output = new();
        Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Every value that has a parent, with its parent and place.</summary>
    internal List<(JsonTree Parent, int Index)> Places()
    {
        List<(JsonTree, int)> places = [];
        Collect(places);
        return places;
    }

    private void Collect(List<(JsonTree, int)> places)
    {
        for (int i = 0; i < Items.Count; i++)
        {
            places.Add((this, i));
            Items[i].Collect(places);
        }
    }

    private void Write(ArrayBufferWriter<byte> output)
    {
        if (Kind == 0)
        {
            output.Write(Scalar);
            return;
        }

        output.Write(Kind == '{' ? "{"u8 : "["u8);
        for (int i = 0; i < Items.Count; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            if (Kind == '{')
            {
                output.Write(Keys[i]);
                output.Write(":"u8);
            }

            Items[i].Write(output);
        }

        output.Write(Kind == '{' ? "}"u8 : "]"u8);
    }

    private static JsonTree Read(ref Utf8JsonReader reader)
    {
        JsonTree tree = new();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                tree.Kind = '{';
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    tree.Keys.Add(Quoted(reader.ValueSpan));
                    reader.Read();
                    tree.Items.Add(Read(ref reader));
                }

                break;
            case JsonTokenType.StartArray:
                tree.Kind = '[';
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    tree.Items.Add(Read(ref reader));
                }

                break;
            case JsonTokenType.String:
                tree.Scalar = Quoted(reader.ValueSpan);
                break;
            default:
                tree.Scalar = reader.ValueSpan.ToArray();
                break;
        }

        return tree;
    }

    private static byte[] Quoted(ReadOnlySpan<byte> text) => [(byte)'"', .. text, (byte)'"'];
}
