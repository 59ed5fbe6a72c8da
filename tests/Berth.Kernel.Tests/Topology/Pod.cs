using System.Net;
using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Topology;

/// <summary>A pod: a namespace with interfaces on bridges.</summary>
internal sealed class Pod(Node node, string name) : Host(name, $"{node.Id}-{name}")
{
    internal List<PodInterface> Interfaces { get; } = [];

    /// <summary>The attachment of the first interface, as a runtime would hand it to the plugin.</summary>
    internal Attachment Attachment => AttachmentOf(Interfaces[0]);

    /// <summary>The address of the first interface.</summary>
    internal IPAddress Address(Family family) => Interfaces[0].Address(family);

    internal Attachment AttachmentOf(PodInterface podInterface) => new()
    {
        Node = node,
        ContainerId = Name + "-0123456789abcdef",
        NetnsPath = NetnsPath,
        InterfaceName = podInterface.Name,
        IPv4 = podInterface.Address(Family.IPv4),
        IPv6 = podInterface.Address(Family.IPv6),
    };
}

/// <summary>A pod's interface on a bridge.</summary>
internal sealed record PodInterface(string Name, Bridge Bridge, int Number)
{
    internal IPAddress Address(Family family) => Plan.Pod(family, Bridge.Number, Number);
}
