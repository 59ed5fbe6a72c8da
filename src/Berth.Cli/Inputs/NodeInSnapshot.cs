using Berth.Cli.Rendering;
using Berth.Inspection;
using Berth.Manifests;

namespace Berth.Cli.Inputs;

/// <summary>What a snapshot of a node tells a linter of manifests.</summary>
internal static class NodeInSnapshot
{
    /// <summary>The ports that something answers at.</summary>
    /// <exception cref="CommandException">The file cannot be read, or is no snapshot.</exception>
    public static IReadOnlyList<TakenPort> Taken(string file, Terminal terminal)
    {
        NodeSnapshot node = SnapshotInput.Read(file, terminal);
        // What could not be read there may take ports as well.
        UnreadableParts.Write(terminal.Error, "berth lint", UnreadableParts.OfListeners(node));
        List<TakenPort> taken = [];
        foreach (Listener listener in NodeListeners.Find(node, new ListenerOptions()))
        {
            if (ProtocolName(listener.Protocol) is string protocol && listener.Ports is { } ports)
            {
                taken.Add(new TakenPort(
                    protocol, listener.Address, ports.First, ports.Last, listener.Label, listener.Owner.Pod)
                {
                    Node = node.Node.HostName,
                });
            }
        }

        return taken;
    }

    private static string? ProtocolName(byte protocol) => protocol switch
    {
        6 => "TCP",
        17 => "UDP",
        132 => "SCTP",
        _ => null,
    };
}
