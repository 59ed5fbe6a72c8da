using System.Text;
using Berth.Cli.Commands;

namespace Berth.Cli.Tests;

/// <summary>One run of <c>berth</c> within this process, and what it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command line with nothing on standard input.</summary>
    public static CommandRun Of(params string[] arguments) => WithInput("", arguments);

    /// <summary>Runs a command line with a text on standard input.</summary>
    public static CommandRun WithInput(string input, params string[] arguments)
    {
        StringWriter output = new();
        StringWriter error = new();
        using Terminal terminal = new(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error);
        int code = BerthCommand.Run(arguments, terminal);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
