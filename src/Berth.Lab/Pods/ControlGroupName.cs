using System.Diagnostics;

namespace Berth.Lab;

/// <summary>
/// Lets the processes of a hostNetwork pod look as the kubelet's do to who asks /proc which pod they are of. A control group of
/// its own would stand in the machine's hierarchy, outside of the lab, and stay there when the lab is killed: so /proc says it
/// by a mount of the lab's own.
/// </summary>
internal static class ControlGroupName
{
    /// <summary>Gives the pod's processes the name.</summary>
    /// <exception cref="LabException">mount failed.</exception>
    public static void Give(PodRecord pod, Programs programs)
    {
        if (!pod.Spec.IsHostNetwork)
        {
            return;
        }

        string file = $"{LabDirectories.OfPod(pod.Namespace, pod.Name)}/.cgroup";
        string uid = pod.Uid.Replace('-', '_');
        File.WriteAllText(file, $"0::/kubepods.slice/kubepods-pod{uid}.slice/cri-containerd-{pod.ContainerId}.scope\n");
        foreach (Process process in pod.Processes.Where(static process => !process.HasExited))
        {
            programs.Run(Underlay.FindHome(), "mount", ["-n", "--bind", file, $"/proc/{process.Id}/cgroup"]);
        }
    }
}
