using System.Text;

namespace Berth.Manifests.Tests.Reading;

/// <summary>What large input costs. The heap is that of the whole process, so nothing else runs beside it.</summary>
[CollectionDefinition(nameof(LargeInputTests), DisableParallelization = true)]
[Collection(nameof(LargeInputTests))]
public sealed class LargeInputTests
{
    private const int Size = 100_000_000;

    // Documents are read in batches of 4 MB, which the text, the nodes and a second batch multiply.
    private const int MostInMemory = 60_000_000;

    [Fact, Trait("tier", "slow")]
    public void A_hundred_megabytes_of_documents_are_read_one_after_the_other()
    {
        byte[] document = Encoding.UTF8.GetBytes(
            "---\nkind: ConfigMap\nmetadata: {name: large}\ndata:\n  text: |\n"
            + string.Concat(Enumerable.Repeat("    " + new string('x', 95) + "\n", 10_000)));
        int documents = Size / document.Length;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        RepeatedStream stream = new(
            document, documents, everyTenth: () => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before));

        ManifestSet set = ManifestReader.Read("large.yaml", stream);

        Assert.Empty(set.Diagnostics);
        Assert.Equal(documents, set.Skipped["ConfigMap"]);
        // While it is read there are a few documents, and afterwards none.
        Assert.InRange(most, document.Length, MostInMemory);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 10_000_000);
    }

    [Fact, Trait("tier", "slow")]
    public void A_list_of_a_hundred_megabytes_is_one_document()
    {
        StringBuilder text = new("{\"kind\": \"List\", \"items\": [\n");
        string padding = new('x', 9_000);
        int pods = 0;
        for (; text.Length < Size; pods++)
        {
            text.Append(pods > 0 ? ",\n" : "").Append("{\"kind\": \"Pod\", \"metadata\": {\"name\": \"p").Append(pods)
                .Append("\", \"annotations\": {\"padding\": \"").Append(padding).Append("\"}}, \"spec\": {}}");
        }

        text.Append("\n]}\n");
        ManifestSet set = ManifestText.Read(text.ToString());

        Assert.Empty(set.Diagnostics);
        Assert.Equal(pods, set.Objects.Count);
        Assert.Equal(pods + 1, set.Objects[^1].Metadata.At.Line);
    }

    /// <summary>The same bytes again and again, of which none is kept.</summary>
    private sealed class RepeatedStream(byte[] bytes, int times, Action everyTenth) : Stream
    {
        private long _position;
        private int _probed;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int at = (int)(_position % bytes.Length);
            int length = _position >= (long)bytes.Length * times ? 0 : Math.Min(count, bytes.Length - at);
            bytes.AsSpan(at, length).CopyTo(buffer.AsSpan(offset));
            _position += length;
            if (_position / bytes.Length / 10 > _probed)
            {
                _probed++;
                everyTenth();
            }

            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
