namespace Berth.Bench.Rendering;

/// <summary>One line that says what is going on and is written over; silent when nobody looks at a terminal.</summary>
internal sealed class ProgressLine(TextWriter writer) : IDisposable
{
    private readonly bool _visible = !Console.IsErrorRedirected;

    public void Show(string text)
    {
        if (_visible)
        {
            writer.Write($"\r\e[K{text}");
        }
    }

    public void Dispose() => Show("");
}
