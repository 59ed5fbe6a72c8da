using System.Diagnostics;
using System.Globalization;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary>Starts another <c>berth</c> inside new namespaces, and passes on what it says.</summary>
internal static class LabProcess
{
    /// <summary>How the line begins by which the inner one says, on both streams, that a lab is up and that it will say no more. On its
    /// output the exit code of this command follows.</summary>
    public const string IsUp = "berth lab: up ";

    // By their bits in linux/capability.h: what makes namespaces, networks in them, and goes into them.
    private static readonly (string Name, int Bit)[] Needed = [("CAP_NET_ADMIN", 12), ("CAP_SYS_CHROOT", 18), ("CAP_SYS_ADMIN", 21)];

    /// <exception cref="CommandException">This process may not make namespaces.</exception>
    public static void RequireRoot()
    {
        string[] missing = Environment.IsPrivilegedProcess ? Missing() : [.. Needed.Select(static capability => capability.Name)];
        if (missing.Length > 0)
        {
            throw new CommandException($"a lab is made of namespaces, which needs root ({string.Join(", ", missing)}): sudo berth lab ...");
        }
    }

    // CapEff of proc_pid_status(5): a mask in hexadecimal digits. Root in a container may lack some.
    private static string[] Missing()
    {
        const string Field = "CapEff:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
        ulong effective = line is null ? ulong.MaxValue : Convert.ToUInt64(line[Field.Length..].Trim(), 16);
        return [.. Needed.Where(capability => ((effective >> capability.Bit) & 1) == 0).Select(static capability => capability.Name)];
    }

    /// <summary>Runs it.</summary>
    /// <param name="verb"><c>run</c> or <c>up</c>.</param>
    /// <param name="file">The lab.</param>
    /// <param name="tools">What it runs.</param>
    /// <param name="options">Further options of the inner command.</param>
    /// <param name="terminal">Where to say what it says.</param>
    /// <returns>Its exit code; when it is up, what it would be without staying.</returns>
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
        string? code = Pass(process.StandardOutput, terminal.Output);
        errors.Wait();
        if (code is not null)
        {
            return int.Parse(code, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        process.WaitForExit();
        return process.ExitCode <= ExitCode.Unsupported && !isKilled
            ? process.ExitCode
            : throw new CommandException($"{file.Name} was ended before it was done: by berth lab down, or by a signal");
    }

    // unshare wants to die of the same signal, and of SIGKILL some of its versions cannot.
    private static bool IsOfKilled(string line) => line.StartsWith("unshare: sigprocmask unblock failed", StringComparison.Ordinal);

    // What follows the mark of a lab that is up; null at the stream's end.
    private static string? Pass(StreamReader from, TextWriter to, Func<string, bool>? isAside = null)
    {
        while (from.ReadLine() is string line)
        {
            if (line.StartsWith(IsUp, StringComparison.Ordinal))
            {
                return line[IsUp.Length..];
            }

            if (isAside?.Invoke(line) != true)
            {
                to.WriteLine(line);
            }
        }

        return null;
    }
}
