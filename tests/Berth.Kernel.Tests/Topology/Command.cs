using System.Diagnostics;

namespace Berth.Kernel.Tests.Topology;

/// <summary>What a program said.</summary>
internal sealed record CommandOutput(int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Fails the test unless the program succeeded; gives what it printed.</summary>
    internal string Succeeded(string what)
    {
        Assert.True(ExitCode == 0, $"{what}: exit {ExitCode}\n{Stderr}{Stdout}");
        return Stdout;
    }
}

/// <summary>A program run in a namespace. A child process and not <see cref="NetworkNamespace.Run{T}"/>, which is
/// for opening things only.</summary>
internal static class Command
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    internal static CommandOutput Run(
        string netnsPath,
        string program,
        IEnumerable<string> arguments,
        string stdin = "",
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? limit = null,
        Action<int>? started = null)
    {
        // Not `ip netns exec`: it makes a mount namespace and mounts /sys anew, three times the cost.
        ProcessStartInfo start = new("nsenter", ["--net=" + netnsPath, "--", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        started?.Invoke(process.Id);
        string stderr = string.Empty;
        Thread errors = new(() => stderr = process.StandardError.ReadToEnd());
        errors.Start();
        using Timer timer = new(_ => process.Kill(entireProcessTree: true), null, limit ?? Limit, Timeout.InfiniteTimeSpan);
        try
        {
            process.StandardInput.Write(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; its exit code and stderr say why.
        }

        string stdout = process.StandardOutput.ReadToEnd();
        errors.Join();
        process.WaitForExit();
        return new CommandOutput(process.ExitCode, stdout, stderr);
    }
}
