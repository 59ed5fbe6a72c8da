using Berth.Cni;
using Berth.Portmap;

const string About = "portmap (Berth) 0.1.0: host ports for containers, on nftables or iptables. A CNI plugin: called by a container "
    + "runtime, chained behind the plugin that makes the pod's interface. See CNI_COMMAND in the CNI specification.";

PortmapPlugin plugin = new(static warning => CniPluginHost.Warn($"portmap: {warning}"));
return CniPluginHost.Run(plugin, About);
