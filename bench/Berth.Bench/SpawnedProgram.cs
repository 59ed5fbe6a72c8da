using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Berth.Bench.Interop;

namespace Berth.Bench;

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit code, or 128 and the signal that ended it.</param>
/// <param name="Nanoseconds">Wall time from just before posix_spawn to just after waitpid.</param>
/// <param name="Output">What it wrote, standard output and standard error together.</param>
internal sealed record ProgramExit(int Code, long Nanoseconds, string Output);

/// <summary>
/// Runs a program from spawn to exit. System.Diagnostics.Process costs a millisecond and more, and not always the
/// same; posix_spawn shares the memory until exec (CLONE_VFORK) and costs the same whatever this process has allocated.
/// </summary>
internal static unsafe class SpawnedProgram
{
    /// <summary>
    /// Times a program whose output fits into a pipe (64 KiB): input is in the pipe before the clock starts, output is
    /// read after it stops, so that the timed part is the spawn and the wait, nothing else.
    /// </summary>
    public static ProgramExit Time(
        string file, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, ReadOnlySpan<byte> input) =>
        Run(file, arguments, environment, input, readBeforeWait: false);

    /// <summary>Runs a program whose output may be of any size.</summary>
    public static ProgramExit Run(string file, IReadOnlyList<string> arguments, ReadOnlySpan<byte> input = default) =>
        Run(file, arguments, [$"PATH={Path}"], input, readBeforeWait: true);

    /// <summary>The search path that programs get.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin";

    private static ProgramExit Run(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        ReadOnlySpan<byte> input,
        bool readBeforeWait)
    {
        using Pipe inward = new();
        using Pipe outward = new();
        using NativeStrings argv = new([file, .. arguments]);
        using NativeStrings envp = new(environment);
        byte* actions = stackalloc byte[Libc.FileActionsSize];
        byte* attributes = stackalloc byte[Libc.AttributesSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];

        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, inward.ReadEnd, 0);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, outward.WriteEnd, 1);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, outward.WriteEnd, 2);

        // The .NET runtime ignores SIGPIPE, and what is ignored stays so across exec.
        _ = Libc.posix_spawnattr_init(attributes);
        _ = Libc.sigemptyset(signals);
        _ = Libc.sigaddset(signals, Libc.SIGPIPE);
        _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
        _ = Libc.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETSIGDEF);

        try
        {
            inward.Fill(input);
            int pid = 0;
            long start = Stopwatch.GetTimestamp();
            int error = Libc.posix_spawnp(&pid, file, actions, attributes, argv.Pointer, envp.Pointer);
            if (error != 0)
            {
                throw new BenchException($"cannot start {file}: {new Win32Exception(error).Message}");
            }

            byte[] output = readBeforeWait ? outward.Drain() : [];
            int status = WaitFor(pid);
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            if (!readBeforeWait)
            {
                output = outward.Drain();
            }

            return new ProgramExit(
                ExitCode(status), took.Ticks * TimeSpan.NanosecondsPerTick, Encoding.UTF8.GetString(output));
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static int WaitFor(int pid)
    {
        int status;
        while (Libc.waitpid(pid, &status, 0) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Libc.EINTR)
            {
                throw new Win32Exception(error);
            }
        }

        return status;
    }

    /// <summary>WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2).</summary>
    private static int ExitCode(int status)
    {
        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }
}
