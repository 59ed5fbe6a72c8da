using Berth.Cni;

namespace Berth.Lab;

/// <summary>Runs the pods of one node: network first, then processes; and takes both away.</summary>
/// <param name="node">The node.</param>
/// <param name="sandbox">Makes the network of a pod; null where there is no network configuration.</param>
/// <param name="processes">Starts what is in the containers.</param>
internal sealed class Kubelet(NodeMachine node, PodSandbox? sandbox, PodProcesses processes)
{
    private readonly HashSet<PodRecord> _sandboxed = [];

    public NodeMachine Node => node;

    /// <summary>Starts a pod. One with hostNetwork is in the node's network, and no plugin is called for it.</summary>
    /// <returns>Whether it runs; otherwise it says why not.</returns>
    /// <exception cref="LabUnsupportedException">A program is not here.</exception>
    public bool Start(PodRecord pod)
    {
        pod.Node = node;
        Directory.CreateDirectory(LabDirectories.OfPod(pod.Namespace, pod.Name));
        Directory.CreateDirectory(LogDirectory(pod));
        if (pod.Spec.IsHostNetwork)
        {
            pod.Place = node.Place with { Name = $"pod {pod}" };
            pod.Address = node.Address;
        }
        else if (sandbox is null)
        {
            pod.Reason = "NetworkPluginNotReady";
            pod.Message = "container runtime network not ready: cni plugin not initialized";
            return false;
        }
        else
        {
            try
            {
                (pod.Place, pod.Address) = sandbox.Create(pod);
                _sandboxed.Add(pod);
            }
            catch (CniException e)
            {
                pod.Reason = "FailedCreatePodSandBox";
                pod.Message = e.Details is { Length: > 0 } details ? $"{e.Message}: {details}" : e.Message;
                return false;
            }
        }

        pod.Phase = PodPhase.Running;
        processes.Start(pod);
        return true;
    }

    /// <summary>Waits until a pod's programs listen, or have ended.</summary>
    public void Await(PodRecord pod) => processes.Await(pod);

    /// <summary>Says of a pod if a program of it has ended.</summary>
    public void Review(PodRecord pod) => processes.Review(pod);

    /// <summary>Stops a pod: nothing of it is left, neither its network nor what its containers wrote.</summary>
    /// <exception cref="LabException">A plugin failed.</exception>
    public void Stop(PodRecord pod)
    {
        PodProcesses.Kill(pod);
        if (_sandboxed.Remove(pod))
        {
            try
            {
                sandbox!.Remove(pod);
            }
            catch (CniException e)
            {
                throw new LabException($"pod {pod} cannot be taken down: {e.Message} {e.Details}", e);
            }
        }

        Directory.Delete(LogDirectory(pod), recursive: true);
        RemoveFiles(pod);
    }

    // Moved first: a process of it may be about to end, and write there, and the next pod of its name must find nothing.
    private static void RemoveFiles(PodRecord pod)
    {
        string directory = LabDirectories.OfPod(pod.Namespace, pod.Name);
        string gone = $"{directory}_{pod.Uid}";
        Directory.Move(directory, gone);
        try
        {
            Directory.Delete(gone, recursive: true);
        }
        catch (IOException)
        {
            // It goes with the lab.
        }
    }

    // Below the node's /var/log/pods: whoever looks there knows what pods it has.
    private string LogDirectory(PodRecord pod) => $"{node.Directory}/pods/{pod.Namespace}_{pod.Name}_{pod.Uid}";
}
