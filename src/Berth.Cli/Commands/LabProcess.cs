using System.Diagnostics;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary>Starts another <c>berth</c> inside new namespaces, and passes on what it says.</summary>
internal static class LabProcess
{
    /// <summary>The line by which the inner one says that a lab is up, and that it will say no more.</summary>
    public const string IsUp = "berth lab: up";

    /// <exception cref="CommandException">This process may not make namespaces.</exception>
    public static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess || !HasSysAdmin())
        {
            throw new CommandException("a lab is made of namespaces, which needs root (CAP_SYS_ADMIN): sudo berth lab ...");
        }
    }

    // CapEff of proc_pid_status(5): a mask in hexadecimal digits. Root in a container may lack it.
    private static bool HasSysAdmin()
    {
        const int SysAdmin = 21; // CAP_SYS_ADMIN of linux/capability.h
        const string Field = "CapEff:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is null || ((Convert.ToUInt64(line[Field.Length..].Trim(), 16) >> SysAdmin) & 1) == 1;
    }

    /// <summary>Runs it.</summary>
    /// <param name="verb"><c>run</c> or <c>up</c>.</param>
    /// <param name="file">The lab.</param>
    /// <param name="tools">What it runs.</param>
    /// <param name="options">Further options of the inner command.</param>
    /// <param name="terminal">Where to say what it says.</param>
    /// <returns>Its exit code; 0 when it is up.</returns>
    public static int Start(string verb, LabFile file, LabTools tools, IReadOnlyList<string> options, Terminal terminal)
    {
        bool isDetached = verb == "up";
        IReadOnlyList<string> command = LabSandbox.Enclose(
            [.. tools.Self, .. RunningLab.Mark, verb, file.Name, file.Path, .. options, .. LabToolOptions.ToArguments(tools)], isDetached);
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        bool isKilled = false;
        Task errors = Task.Run(() => Pass(process.StandardError, terminal.Error, line => IsOfKilled(line) && (isKilled = true)));
        bool isUp = Pass(process.StandardOutput, terminal.Output);
        if (isUp)
        {
            return ExitCode.Clean;
        }

        process.WaitForExit();
        errors.Wait();
        return process.ExitCode <= ExitCode.Unsupported && !isKilled
            ? process.ExitCode
            : throw new CommandException($"{file.Name} was ended before it was done: by berth lab down, or by a signal");
    }

    // unshare wants to die of the same signal, and of SIGKILL some of its versions cannot.
    private static bool IsOfKilled(string line) => line.StartsWith("unshare: sigprocmask unblock failed", StringComparison.Ordinal);

    private static bool Pass(StreamReader from, TextWriter to, Func<string, bool>? isAside = null)
    {
        while (from.ReadLine() is string line)
        {
            if (line == IsUp)
            {
                return true;
            }

            if (isAside?.Invoke(line) != true)
            {
                to.WriteLine(line);
            }
        }

        return false;
    }
}
