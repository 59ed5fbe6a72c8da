using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.HostPorts.Iptables;

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit code, or 128 and the signal that ended it.</param>
/// <param name="Output">Its standard output, when it succeeded and that was asked for.</param>
/// <param name="Errors">Its standard error, when it failed.</param>
internal sealed record ProgramExit(int Code, string Output, string Errors);

/// <summary>
/// Runs a program to its end. Not System.Diagnostics.Process: that costs a millisecond and a tenth of the plugin's size.
/// </summary>
internal static unsafe class ChildProgram
{
    /// <summary>What is added to the number of the signal that ended a program.</summary>
    internal const int SignalBase = 128;

    private const int MostFailedWaits = 3;

    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="keepsOutput">
    /// Whether its output is of use. What is of none is not read: to fail in that would leave a change that was made unknown.
    /// </param>
    /// <exception cref="HostPortException">It could not be started, or how it ended cannot be learnt.</exception>
    internal static ProgramExit Run(string file, ReadOnlySpan<string> arguments, string input, bool keepsOutput)
    {
        using MemoryFile standardInput = new("stdin");
        using MemoryFile standardOutput = new("stdout");
        using MemoryFile standardError = new("stderr");
        standardInput.Write(input);
        int code = Wait(Spawn(file, arguments, [standardInput, standardOutput, standardError]));
        return code == 0
            ? new ProgramExit(0, keepsOutput ? standardOutput.Read() : "", "")
            : new ProgramExit(code, "", standardError.Read());
    }

    private static int Spawn(string file, ReadOnlySpan<string> arguments, ReadOnlySpan<MemoryFile> files)
    {
        byte* actions = stackalloc byte[Interop.SpawnFileActionsSize];
        byte* attributes = stackalloc byte[Interop.SpawnAttributesSize];
        byte* signals = stackalloc byte[Interop.SignalSetSize];
        _ = Interop.posix_spawn_file_actions_init(actions);
        _ = Interop.posix_spawnattr_init(attributes);
        byte** argv = Strings([file, .. arguments]);
        byte** environment = Strings(Variables());
        try
        {
            for (int descriptor = 0; descriptor < files.Length; descriptor++)
            {
                _ = Interop.posix_spawn_file_actions_adddup2(actions, files[descriptor].Handle, descriptor);
            }

            // The .NET runtime ignores SIGPIPE, and what is ignored stays so across exec.
            _ = Interop.sigemptyset(signals);
            _ = Interop.sigaddset(signals, Interop.SIGPIPE);
            _ = Interop.posix_spawnattr_setsigdefault(attributes, signals);
            _ = Interop.posix_spawnattr_setflags(attributes, Interop.POSIX_SPAWN_SETSIGDEF);
            int pid;
            int error = Interop.posix_spawn(&pid, file, actions, attributes, argv, environment);
            return error == 0
                ? pid
                : throw new HostPortException($"cannot run {file}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            Free(argv);
            Free(environment);
            _ = Interop.posix_spawn_file_actions_destroy(actions);
            _ = Interop.posix_spawnattr_destroy(attributes);
        }
    }

    private static int Wait(int pid)
    {
        int status;
        for (int failures = 0; Interop.waitpid(pid, &status, 0) < 0;)
        {
            // A child that runs on would change the table behind our back: it is not given up at once.
            int error = Marshal.GetLastPInvokeError();
            if (error != Interop.EINTR && ++failures == MostFailedWaits)
            {
                throw new HostPortException($"cannot wait for a child: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        // WTERMSIG and WEXITSTATUS of wait(2).
        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : SignalBase + signal;
    }

    private static List<string> Variables()
    {
        List<string> variables = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        return variables;
    }

    private static byte** Strings(List<string> strings)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(strings[i]);
            array[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(array[i], bytes.Length));
        }

        return array;
    }

    private static void Free(byte** strings)
    {
        for (byte** item = strings; *item is not null; item++)
        {
            NativeMemory.Free(*item);
        }

        NativeMemory.Free(strings);
    }
}
