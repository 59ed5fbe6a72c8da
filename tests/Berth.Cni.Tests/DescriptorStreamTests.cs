namespace Berth.Cni.Tests;

public sealed class DescriptorStreamTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_is_written_moves_the_files_own_offset()
    {
        using (FileStream file = new(_file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0))
        {
            int descriptor = (int)file.SafeFileHandle.DangerousGetHandle();
            using DescriptorStream first = new(descriptor);
            first.Write("first "u8);
            using DescriptorStream second = new(descriptor);
            second.Write("second"u8);
        }

        Assert.Equal("first second", File.ReadAllText(_file));
    }

    [Fact]
    public void A_file_is_read_to_its_end()
    {
        File.WriteAllText(_file, new string('x', 100_000));
        using FileStream file = new(_file, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        using DescriptorStream stream = new((int)file.SafeFileHandle.DangerousGetHandle());

        Assert.Equal(100_000, ConfigurationReader.ReadAll(stream).Length);
    }

    [Fact]
    public void A_descriptor_that_is_not_open_is_an_IO_error_with_the_kernels_text()
    {
        using DescriptorStream stream = new(-1);

        Assert.Equal("Bad file descriptor", Assert.Throws<IOException>(() => stream.Write("x"u8)).Message);
        Assert.Equal(
            "error reading from stdin: Bad file descriptor",
            Assert.Throws<CniException>(() => ConfigurationReader.ReadAll(stream)).Message);
    }
}
