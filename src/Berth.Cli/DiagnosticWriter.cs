using System.Text;

namespace Berth.Cli;

/// <summary>Standard error, where what comes later stands below what comes earlier: data that waits in the buffer of standard
/// output goes out first, or a diagnostic would stand in the middle of a line of it.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
internal sealed class DiagnosticWriter(TextWriter output, TextWriter error) : TextWriter
{
    public override Encoding Encoding => error.Encoding;

    public override void Write(char value)
    {
        output.Flush();
        error.Write(value);
    }

    public override void Write(string? value)
    {
        output.Flush();
        error.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        output.Flush();
        error.Write(buffer, index, count);
    }

    public override void Flush() => error.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            error.Dispose();
        }

        base.Dispose(disposing);
    }
}
