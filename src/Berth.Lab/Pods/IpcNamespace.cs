using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Berth.Netlink;

namespace Berth.Lab;

/// <summary>
/// The IPC namespace of a hostNetwork pod, which Kubernetes gives to each pod, and by which its processes are known: whatever a container's
/// first process has started is in it, orphans included. Programs lose their parents and write over their environment, and a control group
/// would stand in the machine's hierarchy, outside of the lab.
/// </summary>
internal sealed class IpcNamespace
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(1);

    private readonly string _file;
    private readonly string _identity;

    private IpcNamespace(string file, string identity)
    {
        _file = file;
        _identity = identity;
    }

    /// <summary>The argument of nsenter that leads there.</summary>
    public string Enter => $"--ipc={_file}";

    /// <summary>Makes one. It stays, and with it what it is known by, until it is removed.</summary>
    /// <exception cref="LabException">unshare failed.</exception>
    public static IpcNamespace Create(PodRecord pod, Programs programs)
    {
        string file = $"{LabDirectories.IpcNamespaces}/{LabDirectories.PodFile(pod.Namespace, pod.Name)}";
        Directory.CreateDirectory(LabDirectories.IpcNamespaces);
        File.Create(file).Dispose();
        string identity = programs.Must(Underlay.FindHome(), "unshare", [$"--ipc={file}", "--", "readlink", "/proc/self/ns/ipc"]);
        return new IpcNamespace(file, identity.TrimEnd('\n'));
    }

    /// <summary>Whether a process is in it.</summary>
    public bool Has(int process)
    {
        try
        {
            // Of one that has ended there is none, even while it is listed.
            return new FileInfo($"/proc/{process}/ns/ipc").LinkTarget == _identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The processes in it, by number.</summary>
    public IReadOnlyList<int> Processes()
    {
        List<int> processes = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int process) && Has(process))
            {
                processes.Add(process);
            }
        }

        return processes;
    }

    /// <summary>Ends the processes in it, and waits until they have let go of their sockets.</summary>
    public void EndProcesses()
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (Processes() is { Count: > 0 } left && waited.Elapsed < Limit)
        {
            foreach (int process in left)
            {
                End(process);
            }

            Thread.Sleep(LookEvery);
        }
    }

    /// <summary>Removes its name; without processes it is gone.</summary>
    public void Remove() => NetworkNamespace.Unbind(_file);

    private static void End(int process)
    {
        try
        {
            using Process one = Process.GetProcessById(process);
            one.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile.
        }
    }
}
