using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Cni.Tests;

public class LegibleEncoderTests
{
    private static readonly JsonSerializerOptions Ours = new() { Encoder = new LegibleEncoder() };

    private static readonly JsonSerializerOptions Theirs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Each_character_is_written_as_the_framework_writes_it_but_for_marks_of_direction()
    {
        for (int scalar = 0; scalar <= 0x10FFFF; scalar++)
        {
            if (Rune.IsValid(scalar))
            {
                string text = $"a{new Rune(scalar)}b";
                string expected = Rune.GetUnicodeCategory(new Rune(scalar)) == UnicodeCategory.Format && scalar < 0x10000
                    ? string.Create(CultureInfo.InvariantCulture, $"\"a\\u{scalar:X4}b\"")
                    : JsonSerializer.Serialize(text, Theirs);
                Assert.True(expected == JsonSerializer.Serialize(text, Ours), $"U+{scalar:X4}: {expected}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("eth0")]
    [InlineData("\u001b[2J and \"quotes\"")]
    [InlineData("ärger\r\n\t\\")]
    public void A_text_is_written_as_the_framework_writes_it_whether_as_text_or_as_utf8(string text)
    {
        string expected = JsonSerializer.Serialize(text, Theirs);

        Assert.Equal(expected, JsonSerializer.Serialize(text, Ours));
        Assert.Equal(expected, Encoding.UTF8.GetString(CniJson.Write(writer => writer.WriteStringValue(Encoding.UTF8.GetBytes(text)))));
    }
}
