namespace Berth.Kernel.Tests.Plugin;

/// <summary>One system call of one run of the plugin: by its name, and how many of that name came up to it.</summary>
internal sealed record SystemCall(string Name, int Ordinal)
{
    private static readonly HashSet<string> Acting =
        ["sendto", "sendmsg", "write", "pwrite64", "openat", "flock", "close", "unlink", "exit_group"];

    // They start and await other programs.
    private static readonly HashSet<string> Starting = ["clone3", "clone", "vfork", "wait4", "waitid", "memfd_create"];

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

    /// <summary>Whether it is the runtime's own affair, which may end the process when it fails.</summary>
    internal bool IsOfRuntime => Runtime.Contains(Name);

    /// <summary>The attachment whose calls are killed when they enter this system call, before it does anything.</summary>
    internal Attachment Kill(Attachment attachment) => Tamper(attachment, "signal=KILL");

    /// <summary>The attachment in whose calls this system call does nothing but fail.</summary>
    internal Attachment Fail(Attachment attachment, string errno) => Tamper(attachment, $"error={errno}");

    /// <summary>The attachment whose calls stop, as by SIGSTOP, behind this system call.</summary>
    internal Attachment Stop(Attachment attachment) => Tamper(attachment, "signal=STOP");

    /// <summary>The attachment whose calls wait before this system call.</summary>
    internal Attachment Delay(Attachment attachment, TimeSpan time) =>
        Tamper(attachment, $"delay_enter={(long)time.TotalMicroseconds}");

    /// <summary>The system calls of a call of the plugin, from the first socket on; nothing is changed before.</summary>
    internal static IReadOnlyList<SystemCall> Of(Attachment attachment, Action<Attachment> call)
    {
        string file = Path.GetTempFileName();
        try
        {
            call(attachment with { Under = ["strace", "-f", "-o", file, "--"] });
            return Read(File.ReadAllLines(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // A line is "THREAD name(arguments) = result"; all that matters is done by the first thread.
    private static List<SystemCall> Read(string[] lines)
    {
        string thread = lines[0].Split(' ')[0];
        Dictionary<string, int> counts = [];
        List<SystemCall> calls = [];
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            int end = words[1].IndexOf('(', StringComparison.Ordinal);
            if (words[0] != thread || end <= 0 || words[1][0] is '<' or '+' or '-')
            {
                continue;
            }

            string name = words[1][..end];
            int count = counts[name] = counts.GetValueOrDefault(name) + 1;
            if (name == "socket" || calls.Count > 0)
            {
                calls.Add(new SystemCall(name, count));
            }
        }

        return calls;
    }

    private Attachment Tamper(Attachment attachment, string what) => attachment with
    {
        Under =
        [
            // Its first thread alone: another program that it starts has calls of the same names.
            "strace", "-qqq", "-o", "/dev/null", "-e", $"trace={Name}",
            "-e", $"inject={Name}:{what}:when={Ordinal}", "--",
        ],
    };
}
