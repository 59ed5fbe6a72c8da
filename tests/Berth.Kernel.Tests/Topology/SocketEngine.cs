using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Berth.Kernel.Tests.Topology;

internal static class SocketEngine
{
    /// <summary>The first Socket of a process starts the runtime's socket thread, on the namespace of whoever makes it;
    /// tests make theirs inside namespaces.</summary>
    [ModuleInitializer]
    internal static void Start() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp).Dispose();
}
