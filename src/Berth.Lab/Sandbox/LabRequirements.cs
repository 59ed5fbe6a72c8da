namespace Berth.Lab;

/// <summary>Checks what a lab needs of the kernel, before anything is made of it. Run inside the lab's own namespaces, where
/// trying is harmless.</summary>
internal static class LabRequirements
{
    private const string Remedy = "Run it on one that has it, for instance: eng/kernel-vm 6.12 berth lab run FILE";

    // br_netfilter makes it, in each network namespace.
    private const string BridgeParameters = "/proc/sys/net/bridge";

    /// <exception cref="LabUnsupportedException">Something is missing.</exception>
    public static void Check(LabFile file, Programs programs)
    {
        CheckBridges(file, BridgeParameters);
        Place home = Underlay.FindHome();
        if (file.Network.Overlay == Overlay.Vxlan)
        {
            Try(home, programs, "ip", ["link", "add", "try0", "type", "vxlan", "id", "9", "local", "127.0.0.1", "dstport", "8472"],
                "VXLAN interfaces (or write `overlay: routes` under `network:`)");
            programs.Run(home, "ip", ["link", "delete", "try0"]);
        }

        if (file.KubeProxy.Mode == KubeProxyMode.Ipvs
            || file.Steps.OfType<RestartKubeProxyStep>().Any(static step => step.Mode is { Mode: KubeProxyMode.Ipvs }))
        {
            Try(home, programs, "ip", ["link", "add", "try0", "type", "dummy"], "dummy interfaces, which kube-proxy's IPVS mode needs");
            programs.Run(home, "ip", ["link", "delete", "try0"]);
            Try(home, programs, "ipvsadm", ["-L", "-n"], "IPVS");
        }
    }

    /// <summary>Pods on a bridge need br_netfilter: without it no rule sees what goes from one to another of the same node, and
    /// Services and policies fail between them. The lab does not load it, for it is for the machine's own bridges too.</summary>
    /// <param name="file">The lab.</param>
    /// <param name="parameters">The directory that is there with br_netfilter.</param>
    /// <exception cref="LabUnsupportedException">It is not there.</exception>
    internal static void CheckBridges(LabFile file, string parameters)
    {
        if (file.Network is { Plugin: "bridge", Overlay: not Overlay.None } && !Directory.Exists(parameters))
        {
            throw new LabUnsupportedException(
                $"there is no {parameters}: pods on a bridge need br_netfilter, or rules do not see what one pod of a node sends to another. "
                + "Load it: sudo modprobe br_netfilter. Or write `plugin: ptp` under `network:`");
        }
    }

    private static void Try(Place home, Programs programs, string program, string[] arguments, string what)
    {
        ProgramOutput output = programs.Run(home, program, arguments);
        if (output.ExitCode != 0)
        {
            throw new LabUnsupportedException($"this kernel has no {what}: {program} says \"{output.Words}\". {Remedy}");
        }
    }
}
