using System.Diagnostics;
using Berth.Bench.Interop;

namespace Berth.Bench.Node.Traffic;

/// <summary>
/// New UDP flows from outside. The same thread sends, receives in the pod, answers and receives outside: what is measured is
/// the packets' way, and no thread's waking up.
/// </summary>
internal static unsafe class UdpProbe
{
    private const int Packets = 10;
    private const int WarmUp = 5;

    /// <returns>For each flow the microseconds of the first round trip, and the median of the nine after it.</returns>
    public static double[] Run(string address, int port, int flows) =>
        ProbeThread.Run(static () => ProbeSocket.Serve(Libc.SOCK_DGRAM), server =>
        {
            Libc.sockaddr_in target = ProbeSocket.AddressOf(address, port);
            for (int i = 0; i < WarmUp; i++)
            {
                _ = Flow(server, target);
            }

            List<double> values = [];
            for (int i = 0; i < flows; i++)
            {
                values.AddRange(Flow(server, target));
            }

            return [.. values];
        });

    private static double[] Flow(int server, Libc.sockaddr_in target)
    {
        int client = ProbeSocket.Open(Libc.SOCK_DGRAM);
        try
        {
            if (Libc.connect(client, &target, (uint)sizeof(Libc.sockaddr_in)) != 0)
            {
                throw ProbeThread.Failed("connect a UDP socket");
            }

            double[] times = new double[Packets];
            for (int i = 0; i < Packets; i++)
            {
                long start = Stopwatch.GetTimestamp();
                RoundTrip(client, server);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }

            double first = times[0];
            Array.Sort(times, 1, Packets - 1);
            return [first, times[1 + ((Packets - 1) / 2)]];
        }
        finally
        {
            _ = Libc.close(client);
        }
    }

    private static void RoundTrip(int client, int server)
    {
        byte content = 0;
        Libc.sockaddr_in peer = default;
        uint size = (uint)sizeof(Libc.sockaddr_in);
        if (Libc.sendto(client, &content, 1, 0, null, 0) != 1
            || Libc.recvfrom(server, &content, 1, 0, &peer, &size) != 1
            || Libc.sendto(server, &content, 1, 0, &peer, size) != 1
            || Libc.recvfrom(client, &content, 1, 0, null, null) != 1)
        {
            throw ProbeThread.Failed("a UDP packet, or its answer, was lost");
        }
    }
}
