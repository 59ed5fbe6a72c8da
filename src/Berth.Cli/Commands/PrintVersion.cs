using System.CommandLine;
using System.CommandLine.Invocation;

namespace Berth.Cli.Commands;

/// <summary><c>berth --version</c>.</summary>
internal sealed class PrintVersion(Terminal terminal) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // The package version of Directory.Build.props, without a fourth number.
        terminal.Output.WriteLine($"berth {typeof(PrintVersion).Assembly.GetName().Version!.ToString(3)}");
        return ExitCode.Clean;
    }
}
