using System.Text;

namespace Berth.Cli;

/// <summary>What a command reads from and writes to: data to <see cref="Output"/>, diagnostics to
/// <see cref="Error"/>. Commands know nothing else of the process, so that tests run them within their own.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly EscapingWriter _output;

    /// <param name="input">Standard input, as bytes.</param>
    /// <param name="output">Where data goes.</param>
    /// <param name="error">Where diagnostics go.</param>
    /// <param name="colour">Whether data may hold escape sequences.</param>
    public Terminal(Stream input, TextWriter output, TextWriter error, bool colour = false)
    {
        Input = input;
        _output = new EscapingWriter(output, colour);
        Error = new EscapingWriter(new DiagnosticWriter(output, error), colour: false);
        Colour = colour;
    }

    /// <summary>Standard input.</summary>
    public Stream Input { get; }

    /// <summary>Standard output: data and nothing else.</summary>
    public TextWriter Output => _output;

    /// <summary>Standard error: diagnostics, below the data that was written before them.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether <see cref="Output"/> may hold escape sequences. They never say anything that the text does
    /// not.</summary>
    public bool Colour { get; }

    /// <summary>Writes a sequence that tells the terminal something, which text must not.</summary>
    public void WriteSequence(string sequence) => _output.WriteSequence(sequence);

    /// <summary>That of this process; plain unless a person looks at it.</summary>
    public static Terminal OfProcess() => new(
        new StandardStream(0),
        new StreamWriter(new StandardStream(1), Utf8, 64 * 1024),
        new StreamWriter(new StandardStream(2), Utf8) { AutoFlush = true },
        MayColour(Console.IsOutputRedirected, Environment.GetEnvironmentVariable));

    /// <summary>Whether to colour: https://no-color.org, and no terminal that says that it cannot.</summary>
    public static bool MayColour(bool redirected, Func<string, string?> environment) =>
        !redirected
        && string.IsNullOrEmpty(environment("NO_COLOR"))
        && environment("TERM") is not (null or "" or "dumb");

    /// <summary>Closes all three.</summary>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
        Input.Dispose();
    }
}
