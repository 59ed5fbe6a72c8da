using Berth.Cni;
using Berth.Portmap;

const string About = "portmap (Berth) 0.1.0: host ports for containers, on nftables. A CNI plugin: called by a container "
    + "runtime, chained behind the plugin that makes the pod's interface. See CNI_COMMAND in the CNI specification.";

using Stream stdin = Console.OpenStandardInput();
using Stream stdout = Console.OpenStandardOutput();
using StreamWriter stderr = new(Console.OpenStandardError()) { AutoFlush = true };
PortmapPlugin plugin = new(warning => stderr.WriteLine($"portmap: {warning}"));
return CniPluginHost.Run(plugin, Environment.GetEnvironmentVariable, stdin, stdout, stderr, About);
