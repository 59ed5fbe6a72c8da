using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Berth.Manifests;
using Berth.Netlink.Sockets;

namespace Berth.Lab;

/// <summary>Starts the programs of a pod's containers, and waits until they listen.</summary>
internal sealed class PodProcesses(IReadOnlyList<ImageEntry> images, LabTools tools, Programs programs)
{
    private const byte Tcp = 6;
    private const byte Udp = 17;

    // Reasons of pods: Kubernetes' own of a program that has ended, and one for what it would learn by a readiness probe.
    private const string CrashLoop = "CrashLoopBackOff";
    private const string NotReady = "NotReady";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    // What a container prints is its log.
    private const string Run = """
        log=$1
        shift
        exec "$@" >"$log" 2>&1 </dev/null
        """;

    private readonly Dictionary<Process, (ContainerProgram Program, string Log, bool IsSidecar)> _started = [];

    /// <summary>Starts them; they need not listen yet.</summary>
    /// <exception cref="LabUnsupportedException">A program is not here.</exception>
    public void Start(PodRecord pod)
    {
        Place place = pod.Place!;
        if (pod.Spec.IsHostNetwork)
        {
            pod.Ipc = IpcNamespace.Create(pod, programs);
            place = place with { Enter = [.. place.Enter, pod.Ipc.Enter] };
        }

        foreach (Container container in pod.Spec.AllContainers.Where(static container => container.RunsWithPod))
        {
            string name = ImageFields.NameOf(container.Image!.Value.Value);
            ImageEntry image = images.First(known => known.Image == name);
            ContainerProgram program = ContainerProgram.Create(pod, container, image, tools);
            string log = $"{LabDirectories.OfPod(pod.Namespace, pod.Name)}/{container.Name}/log";
            Process process = programs.Start(place, "sh", ["-c", Run, "sh", log, .. program.Command], start =>
            {
                foreach ((string key, string value) in ContainerEnvironment.Of(pod, container))
                {
                    start.Environment[key] = value;
                }
            });
            process.StandardInput.Close();
            pod.Processes.Add(process);
            _started[process] = (program, log, container.IsInit);
        }

        ControlGroupName.Give(pod, programs);
    }

    /// <summary>Waits until every program of a pod listens. One that ends instead is what Kubernetes calls
    /// CrashLoopBackOff.</summary>
    public void Await(PodRecord pod)
    {
        AwaitPrograms(pod);
        ControlGroupName.Give(pod, programs);
    }

    private void AwaitPrograms(PodRecord pod)
    {
        foreach (Process process in pod.Processes)
        {
            (ContainerProgram program, string log, _) = _started[process];
            Stopwatch waited = Stopwatch.StartNew();
            while (!Listens(pod, program.Ports))
            {
                if (process.HasExited)
                {
                    Review(pod);
                    return;
                }

                if (waited.Elapsed > program.Patience)
                {
                    Complain(
                        pod, NotReady, $"{program.Command[0]} listens on not all of {string.Join(", ", program.Ports)} after "
                            + program.Patience.TotalSeconds.ToString("0 s", CultureInfo.InvariantCulture), log);
                    return;
                }

                Thread.Sleep(LookEvery);
            }
        }
    }

    /// <summary>Says of a pod whose programs run if one has ended, and what that makes of the pod by its restartPolicy; and of one that was
    /// late if it listens now.</summary>
    public void Review(PodRecord pod)
    {
        // With the first process of a container all others of it end.
        if (pod.Processes.Count > 0 && pod.Processes.TrueForAll(static process => process.HasExited))
        {
            pod.Ipc?.EndProcesses();
        }

        ControlGroupName.Give(pod, programs);

        // Those of init containers end with the others.
        List<Process> own = pod.Processes.FindAll(process => !_started[process].IsSidecar);
        if (own.Count > 0 && own.TrueForAll(process => StaysEnded(pod, process)))
        {
            End(pod, own);
        }
        else if (pod.Processes.Find(process => process.HasExited && !StaysEnded(pod, process)) is Process crashed)
        {
            Complain(pod, CrashLoop, Ended(crashed), _started[crashed].Log);
        }
        else if (pod.Processes.Find(static process => process.HasExited) is Process ended)
        {
            // As kubectl has it: some are done, and a pod is ready when all of its containers are.
            Complain(pod, NotReady, $"{Ended(ended)}, others still run", _started[ended].Log);
        }
        else if (pod.Reason == NotReady && pod.Processes.TrueForAll(process => Listens(pod, _started[process].Program.Ports)))
        {
            (pod.Reason, pod.Message) = (null, null);
        }
    }

    private static bool StaysEnded(PodRecord pod, Process process) => process.HasExited && pod.RestartPolicy switch
    {
        "Never" => true,
        "OnFailure" => process.ExitCode == 0,
        _ => false,
    };

    private void End(PodRecord pod, List<Process> own)
    {
        if (own.Find(static process => process.ExitCode != 0) is Process failed)
        {
            pod.Phase = PodPhase.Failed;
            Complain(pod, "Error", Ended(failed), _started[failed].Log);
        }
        else
        {
            (pod.Phase, pod.Reason, pod.Message) = (PodPhase.Succeeded, "Completed", null);
        }
    }

    private string Ended(Process process) => $"{_started[process].Program.Command[0]} ended with exit code {process.ExitCode}";

    /// <summary>Ends them.</summary>
    public static void Kill(PodRecord pod)
    {
        foreach (Process process in pod.Processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        pod.Processes.Clear();
        pod.Ipc?.EndProcesses();
        pod.Ipc?.Remove();
        pod.Ipc = null;
    }

    private static void Complain(PodRecord pod, string reason, string message, string log)
    {
        string[] lines = File.Exists(log) ? File.ReadAllLines(log) : [];
        pod.Reason = reason;
        pod.Message = lines.Length == 0 ? message : $"{message}: {string.Join(" / ", lines[^Math.Min(3, lines.Length)..])}";
    }

    private static bool Listens(PodRecord pod, IReadOnlyList<PortNumber> ports)
    {
        if (ports.Count == 0)
        {
            return true;
        }

        // Others listen in the node's network too: there only the sockets of the pod's own processes count.
        HashSet<string>? own = pod.Ipc is IpcNamespace ipc ? [.. ipc.Processes().SelectMany(SocketsOf)] : null;
        using SocketConnection sockets = pod.Place!.Namespace.Run(SocketConnection.Open);
        foreach (bool udp in (bool[])[false, true])
        {
            // Where the kernel cannot tell of a protocol there is nothing to wait for.
            if (sockets.Answering(udp ? Udp : Tcp) is IReadOnlyList<DiagnosedSocket> open
                && ports.Any(port => port.IsUdp == udp && !open.Any(
                    socket => socket.LocalPort == port.Port && own?.Contains($"socket:[{socket.Inode}]") != false)))
            {
                return false;
            }
        }

        return true;
    }

    private static HashSet<string> SocketsOf(int process)
    {
        HashSet<string> sockets = [];
        try
        {
            foreach (string file in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
            {
                if (new FileInfo(file).LinkTarget is string target)
                {
                    sockets.Add(target);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended: that is found out elsewhere.
        }

        return sockets;
    }
}
