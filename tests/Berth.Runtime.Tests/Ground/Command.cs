using System.Diagnostics;

namespace Berth.Runtime.Tests.Ground;

/// <summary>What a program said, and how it ended.</summary>
internal sealed record Command(int ExitCode, string Stdout, string Stderr)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Fails the test unless the program succeeded.</summary>
    /// <returns>What it printed, without the last line's end.</returns>
    internal static string Succeed(string program, params IEnumerable<string> arguments)
    {
        Command command = Run(program, arguments);
        Assert.True(
            command.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)}: exit {command.ExitCode}\n{command.Stderr}{command.Stdout}");
        return command.Stdout.TrimEnd('\n');
    }

    internal static Command Run(string program, params IEnumerable<string> arguments) => Run(program, arguments, []);

    internal static Command Run(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        // Files and not pipes: what a runtime leaves running (conmon, a shim) keeps its descriptors, and a pipe open.
        string output = Path.GetTempFileName();
        string error = Path.GetTempFileName();
        const string Redirected = """exec "$@" </dev/null >"$OUTPUT" 2>"$ERROR" """;
        ProcessStartInfo start = new("sh", ["-c", Redirected, "sh", program, .. arguments]);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["OUTPUT"] = output;
        start.Environment["ERROR"] = error;
        try
        {
            using Process process = Process.Start(start)!;
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            return new Command(process.ExitCode, File.ReadAllText(output), File.ReadAllText(error));
        }
        finally
        {
            File.Delete(output);
            File.Delete(error);
        }
    }
}
