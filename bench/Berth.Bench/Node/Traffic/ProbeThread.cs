using System.ComponentModel;
using System.Runtime.InteropServices;
using Berth.Bench.Interop;

namespace Berth.Bench.Node.Traffic;

/// <summary>
/// A thread that walks between the pod's network namespace and the client's, and ends with the probe. It stays on one
/// processor: so does what the kernel does with its packets, all the way to the pod's socket.
/// </summary>
internal static unsafe class ProbeThread
{
    /// <param name="serve">Opens the pod's socket, in the pod's namespace.</param>
    /// <param name="probe">Measures, in the client's namespace, with the pod's socket.</param>
    /// <exception cref="BenchException">Something failed.</exception>
    public static double[] Run(Func<int> serve, Func<int, double[]> probe)
    {
        double[]? values = null;
        string failure = "no answer";
        Thread thread = new(() =>
        {
            int server = -1;
            try
            {
                ulong processor = 1UL << ((Environment.ProcessorCount - 1) & 63);
                _ = Libc.sched_setaffinity(0, sizeof(ulong), &processor);
                Enter(NodeNetwork.PodNamespacePath);
                server = serve();
                Enter(NodeNetwork.ClientNamespacePath);
                values = probe(server);
            }
            catch (BenchException e)
            {
                failure = e.Message;
            }
            finally
            {
                _ = server >= 0 ? Libc.close(server) : 0;
            }
        });
        thread.Start();
        thread.Join();
        return values ?? throw new BenchException(failure);
    }

    /// <summary>The error of the call that just failed.</summary>
    public static BenchException Failed(string what) =>
        new($"{what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    private static void Enter(string path)
    {
        int descriptor = Libc.open(path, Libc.O_CLOEXEC);
        bool entered = descriptor >= 0 && Libc.setns(descriptor, Libc.CLONE_NEWNET) == 0;
        BenchException? failure = entered ? null : Failed($"enter {path}");
        _ = descriptor >= 0 ? Libc.close(descriptor) : 0;
        if (failure is not null)
        {
            throw failure;
        }
    }
}
