using System.Diagnostics;
using Berth.Bench.Interop;

namespace Berth.Bench.Node.Traffic;

/// <summary>
/// New TCP connections from outside, one after the other: the time of connect(2), which is the SYN's way to the pod's
/// socket and the answer's way back. Nothing has to wake up for it. Each is then accepted, and reset, so that no port of the
/// client stays in TIME_WAIT.
/// </summary>
internal static unsafe class TcpProbe
{
    private const int WarmUp = 20;

    /// <returns>Microseconds of each connect.</returns>
    public static double[] Run(string address, int port, int times) =>
        ProbeThread.Run(static () => ProbeSocket.Serve(Libc.SOCK_STREAM), server =>
        {
            Libc.sockaddr_in target = ProbeSocket.AddressOf(address, port);
            for (int i = 0; i < WarmUp; i++)
            {
                _ = Connect(server, target, address, port);
            }

            double[] values = new double[times];
            for (int i = 0; i < times; i++)
            {
                values[i] = Connect(server, target, address, port);
            }

            return values;
        });

    private static double Connect(int server, Libc.sockaddr_in target, string address, int port)
    {
        int client = ProbeSocket.Open(Libc.SOCK_STREAM);
        long start = Stopwatch.GetTimestamp();
        int result = Libc.connect(client, &target, (uint)sizeof(Libc.sockaddr_in));
        double took = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        if (result != 0)
        {
            throw ProbeThread.Failed($"connect to {address}:{port}");
        }

        int accepted = Libc.accept4(server, null, null, Libc.SOCK_CLOEXEC);
        if (accepted < 0)
        {
            throw ProbeThread.Failed($"the pod was not reached by {address}:{port}");
        }

        int* reset = stackalloc int[] { 1, 0 };
        _ = Libc.setsockopt(client, Libc.SOL_SOCKET, Libc.SO_LINGER, reset, 8);
        _ = Libc.close(client);
        _ = Libc.close(accepted);
        return took;
    }
}
