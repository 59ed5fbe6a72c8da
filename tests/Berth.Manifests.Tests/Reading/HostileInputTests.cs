using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.Manifests.Tests.Reading;

public sealed class HostileInputTests
{
    private static readonly Gen<string> Fragment = Gen.Elements(
        "kind: Pod\n", "metadata: {name: a}\n", "spec:\n", "  containers:\n", "  - name: b\n", "    ports: [{hostPort: 80}]\n", "a: ",
        "- ", "? ", ": ", "\n", "\r\n", "\r", "\t", "  ", "{", "}", "[", "]", ",", "\"", "'", "|\n", ">-\n", "|2-\n", "&a ", "*a", "*b ",
        "<<: ", "!!int ", "!!str ", "!x ", "! ", "!<x> ", "%YAML 1.1\n", "%TAG ! x\n", "---\n", "--- ", "...\n", "#", " #x\n", "@", "`",
        "\\u12", "\"\\x4\"", "\"\\ud800\"", "~", "null", "0x", "1e999", "-", "{{ x }}", "{\"a\":", "\"kind\": \"List\", \"items\": [",
        "\u0085", "\u2028", "\ufeff", "é", "😀", "\0", "\u007f", "items:\n", "kind: List\n", "apiVersion: v1\n");

    [Fact]
    public void Whatever_is_read_ends_in_objects_and_diagnostics_whose_positions_are_in_the_file() => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(Arb.From(Gen.ListOf(Fragment).Select(static parts => string.Concat(parts))), static text =>
        {
            ManifestSet set = ManifestText.Read(text);
            // A value that is missing at the end stands behind it, on a line of its own.
            int lines = 1 + text.Split('\n').Length + text.Count(static c => c is '\r' or '\u0085' or '\u2028');
            return set.Diagnostics.All(diagnostic => diagnostic.At.Line >= 1 && diagnostic.At.Line <= lines && diagnostic.At.Column >= 1);
        }));

    [Fact]
    public void It_does_not_matter_in_which_pieces_a_stream_arrives() => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Arb.From(Gen.ListOf(Fragment).Select(static parts => string.Concat(parts))),
            Arb.From(Gen.Choose(1, 7)),
            static (text, piece) =>
            {
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                IEnumerable<string> whole = Describe(ManifestReader.Read("f", new MemoryStream(bytes)));
                return whole.SequenceEqual(Describe(ManifestReader.Read("f", new PiecewiseStream(bytes, piece))));
            }));

    private static IEnumerable<string> Describe(ManifestSet set) =>
        set.Objects.Select(static o => $"{o} {o.Metadata.At}").Concat(set.Diagnostics.Select(static d => d.ToString()))
            .Concat(set.Skipped.Select(static kind => kind.ToString()));

    private sealed class PiecewiseStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
