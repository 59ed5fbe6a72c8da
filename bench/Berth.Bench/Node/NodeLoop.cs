using System.Diagnostics;
using System.Text;
using Berth.Bench.Node.Traffic;

namespace Berth.Bench.Node;

/// <summary>
/// The process that is a node: it lives in a network namespace of its own and obeys requests on standard input until
/// that ends.
/// </summary>
internal static class NodeLoop
{
    private static readonly string[] NoStrings = [];

    public static int Run(string plugin)
    {
        // The streams, not Console.In: the console would install handlers for SIGCHLD and SIGCONT.
        using StreamReader requests = new(Console.OpenStandardInput(), Encoding.UTF8);
        using StreamWriter answers = new(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        answers.WriteLine(Answer(() =>
        {
            NodeNetwork.Build();
            return [];
        }));
        while (requests.ReadLine() is string line)
        {
            answers.WriteLine(Answer(() => Obey(plugin, NodeRequest.Decode(line))));
        }

        return 0;
    }

    private static string Answer(Func<double[]> work)
    {
        try
        {
            return new NodeAnswer(work(), null).Encode();
        }
        catch (BenchException e)
        {
            return new NodeAnswer(null, e.Message).Encode();
        }
    }

    private static double[] Obey(string plugin, NodeRequest request) => request switch
    {
        NodeRequest.Call { Plugin: PluginCall call } => [Milliseconds($"{plugin} {call.Verb}", Time(plugin, call))],
        NodeRequest.CallTogether { Plugins: PluginCall[] calls } => Together(plugin, calls),
        NodeRequest.PeakMemory { Plugin: PluginCall call } => [WatchedCall.PeakKibibytes(plugin, call)],
        NodeRequest.Trace { Plugin: PluginCall call } => WatchedCall.Trace(plugin, call),
        NodeRequest.Floor floor =>
            [Milliseconds(floor.Path, SpawnedProgram.Time(floor.Path, NoStrings, [$"PATH={SpawnedProgram.Path}"], default))],
        NodeRequest.Count => [MappingCount.Read()],
        NodeRequest.ConnectTcp tcp => TcpProbe.Run(tcp.Address, tcp.Port, tcp.Times),
        NodeRequest.SendUdp udp => UdpProbe.Run(udp.Address, udp.Port, udp.Flows),
        _ => throw new BenchException($"a node cannot obey {request.GetType().Name}"),
    };

    private static ProgramExit Time(string plugin, PluginCall call) =>
        SpawnedProgram.Time(plugin, NoStrings, call.Environment(), call.Configuration());

    private static double Milliseconds(string what, ProgramExit exit) => exit.Code == 0
        ? exit.Nanoseconds / 1e6
        : throw new BenchException($"{what} exited with {exit.Code}: {exit.Output.Trim()}");

    // A thread a call, because each waits for its own child; they are there before the first child is.
    private static double[] Together(string plugin, PluginCall[] calls)
    {
        ProgramExit[] exits = new ProgramExit[calls.Length];
        using Barrier start = new(calls.Length + 1);
        Thread[] threads = new Thread[calls.Length];
        for (int i = 0; i < calls.Length; i++)
        {
            int index = i;
            threads[i] = new Thread(() =>
            {
                start.SignalAndWait();
                exits[index] = Time(plugin, calls[index]);
            });
            threads[i].Start();
        }

        long began = Stopwatch.GetTimestamp();
        start.SignalAndWait();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return [took, .. exits.Select((exit, i) => Milliseconds($"{plugin} {calls[i].Verb}", exit))];
    }
}
