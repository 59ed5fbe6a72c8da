using System.IO.MemoryMappedFiles;

namespace Berth.Fuzz;

/// <summary>
/// The input that is being read, in a file that outlives the process: a stack overflow or an endless loop leaves nothing
/// else behind.
/// </summary>
internal sealed unsafe class CurrentInput : IDisposable
{
    private const int LengthSize = sizeof(int);

    private readonly int _capacity;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    internal CurrentInput(string path, int capacity)
    {
        _capacity = capacity;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, capacity + LengthSize);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    internal void Set(ReadOnlySpan<byte> input)
    {
        input[..Math.Min(input.Length, _capacity)].CopyTo(new Span<byte>(_start + LengthSize, _capacity));
        *(int*)_start = Math.Min(input.Length, _capacity);
    }

    /// <summary>What a process left; null when it died before its first input.</summary>
    internal static byte[]? Read(string path)
    {
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        int length = bytes.Length >= LengthSize ? BitConverter.ToInt32(bytes) : 0;
        return length > 0 ? bytes.AsSpan(LengthSize, length).ToArray() : null;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
