using System.Collections.Immutable;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>
/// One system call of one run of the plugin: by its name, and how many of that name came up to it. Of the first thread, behind
/// the execve(2) by which it begins: another one there is only while a lock is waited for.
/// What other programs do that the plugin starts is theirs.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Ordinal">Which of that name, beginning with 1.</param>
/// <param name="IsOfStart">Whether it comes before the plugin's first socket: the runtime starts, and input is read.</param>
internal sealed record SystemCall(string Name, int Ordinal, bool IsOfStart = false)
{
    private static readonly HashSet<string> Acting =
        ["sendto", "sendmsg", "write", "pwrite64", "openat", "flock", "close", "unlink", "exit_group"];

    // They start and await other programs.
    private static readonly HashSet<string> Starting = ["clone3", "clone", "vfork", "wait4", "waitid", "memfd_create"];

    // They hear what the kernel has: of a long listing each part is made when it is asked for.
    private static readonly HashSet<string> Listening = ["recvfrom", "recvmsg", "recvmmsg", "poll", "ppoll", "read"];

    // Of the language's runtime, for itself: memory and threads.
    private static readonly HashSet<string> Runtime =
    [
        "mmap", "munmap", "mprotect", "madvise", "brk", "futex", "sched_yield", "rt_sigprocmask", "rt_sigaction", "sigaltstack",
        "membarrier", "sched_getaffinity", "prctl", "exit_group", "clone3", "clone", "getpid", "gettid", "tgkill", "prlimit64",
    ];

    /// <summary>What a process that was killed by SIGKILL leaves, as a shell counts it.</summary>
    internal const int KilledExitCode = 128 + 9;

    /// <summary>Whether it may change what others see; a process that is killed before any other has left what it would
    /// have left at the next of these.</summary>
    internal bool IsActing => Acting.Contains(Name);

    /// <summary>Whether the one after it may find another world: it acts, or starts or awaits a program that does.</summary>
    internal bool MayChange => IsActing || Starting.Contains(Name);

    /// <summary>Whether it hears something of the kernel, most often one part of several.</summary>
    internal bool IsListening => Listening.Contains(Name);

    /// <summary>Whether it is the runtime's own affair, which may end the process when it fails.</summary>
    internal bool IsOfRuntime => Runtime.Contains(Name);

    /// <summary>The attachment whose calls are killed when they enter this system call, before it does anything.</summary>
    /// <param name="attachment">The attachment.</param>
    /// <param name="trace">Gets the calls of this name; <see cref="Count"/> counts them.</param>
    internal Attachment Kill(Attachment attachment, string trace) => Tamper(attachment, "signal=KILL", trace);

    /// <summary>The attachment in whose calls this system call does nothing but fail.</summary>
    /// <param name="attachment">The attachment.</param>
    /// <param name="errno">The error's name.</param>
    /// <param name="trace">Gets the call when it came; <see cref="HasFailed"/> reads it.</param>
    internal Attachment Fail(Attachment attachment, string errno, string trace) => Tamper(attachment, $"error={errno}", trace);

    /// <summary>Whether a call came, and was made to fail.</summary>
    internal static bool HasFailed(string trace) => File.ReadAllText(trace).Contains("(INJECTED)", StringComparison.Ordinal);

    /// <summary>The attachment whose calls stop, as by SIGSTOP, behind this system call.</summary>
    /// <param name="attachment">The attachment.</param>
    /// <param name="trace">Gets the calls of this name; <see cref="Count"/> counts them.</param>
    internal Attachment Stop(Attachment attachment, string trace) => Tamper(attachment, "signal=STOP", trace);

    /// <summary>The attachment whose calls wait before this system call.</summary>
    internal Attachment Delay(Attachment attachment, TimeSpan time) =>
        Tamper(attachment, $"delay_enter={(long)time.TotalMicroseconds}", "/dev/null");

    /// <summary>The system calls of a call of the plugin.</summary>
    internal static RecordedCalls Of(Attachment attachment, Action<Attachment> call)
    {
        string file = Path.GetTempFileName();
        try
        {
            call(attachment with { Under = Recording(file) });
            return Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A command line that records a program's system calls, for <see cref="Read"/>.</summary>
    internal static ImmutableArray<string> Recording(string file) => ["strace", "-f", "-o", file, "--"];

    /// <summary>The system calls that were recorded.</summary>
    internal static RecordedCalls Read(string file)
    {
        // A line is "THREAD name(arguments) = result".
        string[] lines = File.ReadAllLines(file);
        string thread = lines[0].Split(' ')[0];
        Dictionary<string, int> counts = [];
        List<SystemCall> calls = [];
        Dictionary<string, int> others = [];
        HashSet<string> programs = [];
        bool isOfStart = true;
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            int end = words[1].IndexOf('(', StringComparison.Ordinal);
            if (end <= 0 || words[1][0] is '<' or '+' or '-')
            {
                continue;
            }

            string name = words[1][..end];
            if (words[0] != thread)
            {
                others[words[0]] = others.GetValueOrDefault(words[0]) + 1;
                if (name == "execve")
                {
                    programs.Add(words[0]);
                }

                continue;
            }

            // The tracer has made it do this.
            if (calls.Count == 0 && counts.Count == 0 && name == "execve")
            {
                counts[name] = 1;
                continue;
            }

            int count = counts[name] = counts.GetValueOrDefault(name) + 1;
            isOfStart &= name != "socket";
            calls.Add(new SystemCall(name, count, isOfStart));
        }

        return new RecordedCalls(
            calls,
            others.Where(other => !programs.Contains(other.Key)).Sum(static other => other.Value),
            others.Where(other => programs.Contains(other.Key)).Sum(static other => other.Value));
    }

    /// <summary>How many calls of a name a run had that was tampered with.</summary>
    internal static int Count(string trace, string name) =>
        File.ReadLines(trace).Count(line => line.StartsWith(name + "(", StringComparison.Ordinal));

    /// <summary>A command line that kills a program when it enters this system call.</summary>
    /// <param name="trace">Says whether it was; <see cref="WasKilled"/> reads it.</param>
    internal ImmutableArray<string> Killing(string trace) => Tampering("signal=KILL", trace);

    /// <summary>Whether a program was killed.</summary>
    internal static bool WasKilled(string trace) =>
        File.Exists(trace) && File.ReadAllText(trace).Contains("+++ killed by SIGKILL", StringComparison.Ordinal);

    private Attachment Tamper(Attachment attachment, string what, string trace) =>
        attachment with { Under = Tampering(what, trace) };

    // Its first thread alone: another program that it starts has calls of the same names.
    private ImmutableArray<string> Tampering(string what, string trace) =>
    [
        "strace", "-q", "-o", trace, "-e", $"trace={Name}", "-e", $"inject={Name}:{what}:when={Ordinal}", "--",
    ];
}
