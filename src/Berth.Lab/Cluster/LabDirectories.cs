namespace Berth.Lab;

/// <summary>Where a lab keeps its files: below /run, which is its own in there (see LabSandbox).</summary>
internal static class LabDirectories
{
    public const string Root = "/run/berth-lab";

    /// <summary>Names of network namespaces, where <c>ip netns</c> looks for them.</summary>
    public const string Namespaces = "/run/netns";

    /// <summary>Names of the pods' host name namespaces, where container runtimes have them.</summary>
    public const string HostNames = "/run/utsns";

    /// <summary>Names of hostNetwork pods' IPC namespaces, likewise.</summary>
    public const string IpcNamespaces = "/run/ipcns";

    /// <summary>berth itself.</summary>
    public const string Binaries = Root + "/bin";

    /// <summary>The portmap plugin in use, under its name.</summary>
    public const string Plugins = Root + "/plugins";

    /// <summary>How to get into each place, for <c>berth lab exec</c>.</summary>
    public const string Places = Root + "/places";

    /// <summary>What <c>berth lab ps</c> shows.</summary>
    public const string State = Root + "/state";

    /// <summary>The pods' specifications, as <c>kubectl get pods -A -o json</c> prints them, as far as ports go.</summary>
    public const string PodList = Root + "/pods.json";

    /// <summary>What a pod's namespaces and its place are called. No node and no machine outside has such a name, with an
    /// underscore.</summary>
    public static string PodFile(string space, string name) => space == "default" ? $"pod_{name}" : $"pod_{space}_{name}";

    /// <summary>What a node's place is called.</summary>
    public static string NodeFile(string name) => $"node_{name}";

    public static string OfNode(string name) => $"{Root}/nodes/{name}";

    public static string OfPod(string space, string name) => $"{Root}/pods/{space}_{name}";

    public static string Namespace(string name) => $"{Namespaces}/{name}";
}
