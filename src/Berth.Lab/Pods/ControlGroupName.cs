using System.Diagnostics;

namespace Berth.Lab;

/// <summary>
/// Lets the processes of a hostNetwork pod look as the kubelet's do to who asks /proc which pod they are of. A control group of
/// its own would stand in the machine's hierarchy, outside of the lab, and stay there when the lab is killed: so /proc says it
/// by a mount of the lab's own.
/// </summary>
internal static class ControlGroupName
{
    /// <summary>Gives the name to those of the pod's processes that do not have it yet.</summary>
    /// <exception cref="LabUnsupportedException">There is no mount here.</exception>
    public static void Give(PodRecord pod, Programs programs)
    {
        if (pod.Ipc is not IpcNamespace ipc)
        {
            return;
        }

        string file = $"{LabDirectories.OfPod(pod.Namespace, pod.Name)}/.cgroup";
        string uid = pod.Uid.Replace('-', '_');
        string name = $"0::/kubepods.slice/kubepods-pod{uid}.slice/cri-containerd-{pod.ContainerId}.scope\n";

        // It stands in for that of each process: it must not be empty for a moment.
        if (!File.Exists(file) || File.ReadAllText(file) != name)
        {
            File.WriteAllText(file, name);
        }

        // The first ones may not be in the namespace yet.
        IEnumerable<int> first = pod.Processes.Where(static process => !process.HasExited).Select(static process => process.Id);
        foreach (int process in first.Union(ipc.Processes()).Where(process => NameOf(process) != name))
        {
            programs.Run(Underlay.FindHome(), "mount", ["-n", "--bind", file, $"/proc/{process}/cgroup"]);
        }
    }

    private static string? NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cgroup");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
