namespace Berth.Lab;

/// <summary>Checks what a lab needs of the kernel, before anything is made of it. Run inside the lab's own namespaces, where
/// trying is harmless.</summary>
internal static class LabRequirements
{
    private const string Remedy = "Run it on one that has it, for instance: eng/kernel-vm 6.12 berth lab run FILE";

    /// <exception cref="LabUnsupportedException">Something is missing.</exception>
    public static void Check(LabFile file, Programs programs)
    {
        Place home = Underlay.FindHome();
        if (file.Network.Overlay == Overlay.Vxlan && file.Nodes.Count > 1)
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

    private static void Try(Place home, Programs programs, string program, string[] arguments, string what)
    {
        ProgramOutput output = programs.Run(home, program, arguments);
        if (output.ExitCode != 0)
        {
            throw new LabUnsupportedException($"this kernel has no {what}: {program} says \"{output.Words}\". {Remedy}");
        }
    }
}
