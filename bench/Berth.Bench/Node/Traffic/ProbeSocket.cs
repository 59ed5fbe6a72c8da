using System.Buffers.Binary;
using System.Net;
using Berth.Bench.Interop;

namespace Berth.Bench.Node.Traffic;

/// <summary>The sockets of the probes.</summary>
internal static unsafe class ProbeSocket
{
    /// <summary>The port on which the pod listens: where the first mapping of a call leads.</summary>
    public const int PodPort = 80;

    private const int Backlog = 128;

    public static Libc.sockaddr_in AddressOf(string address, int port) => new()
    {
        sin_family = Libc.AF_INET,
        sin_port = BinaryPrimitives.ReverseEndianness((ushort)port),
        sin_addr = BitConverter.ToUInt32(IPAddress.Parse(address).GetAddressBytes()),
    };

    /// <summary>A socket in the thread's namespace. What waits for a second waits in vain.</summary>
    public static int Open(int type)
    {
        int socket = Libc.socket(Libc.AF_INET, type | Libc.SOCK_CLOEXEC, 0);
        long* timeout = stackalloc long[] { 1, 0 };
        return socket >= 0 && Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout, 16) == 0
            ? socket
            : throw ProbeThread.Failed("open a socket");
    }

    /// <summary>The pod's socket.</summary>
    public static int Serve(int type)
    {
        int socket = Open(type);
        int yes = 1;
        Libc.sockaddr_in any = AddressOf("0.0.0.0", PodPort);
        return Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &yes, sizeof(int)) == 0
            && Libc.bind(socket, &any, (uint)sizeof(Libc.sockaddr_in)) == 0
            && (type == Libc.SOCK_DGRAM || Libc.listen(socket, Backlog) == 0)
                ? socket
                : throw ProbeThread.Failed("listen in the pod");
    }
}
