using System.Text;

namespace Berth.Bench.Node;

/// <summary>
/// The process that is a node: it lives in a network namespace of its own and obeys requests on standard input until
/// that ends. An answer is `ok`, a tab and a number, or `failed`, a tab and the reason.
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
            return 0;
        }));
        while (requests.ReadLine() is string line)
        {
            answers.WriteLine(Answer(() => Obey(plugin, NodeRequest.Decode(line))));
        }

        return 0;
    }

    private static string Answer(Func<long> work)
    {
        try
        {
            return $"ok\t{work()}";
        }
        catch (BenchException e)
        {
            return $"failed\t{e.Message.ReplaceLineEndings(" ").Replace('\t', ' ')}";
        }
    }

    private static long Obey(string plugin, NodeRequest request) => request switch
    {
        NodeRequest.Call { Plugin: PluginCall call } => Checked(
            $"{plugin} {call.Verb}", SpawnedProgram.Time(plugin, NoStrings, call.Environment(), call.Configuration())),
        NodeRequest.Floor floor => Checked(
            floor.Path, SpawnedProgram.Time(floor.Path, NoStrings, [$"PATH={SpawnedProgram.Path}"], default)),
        NodeRequest.Count => MappingCount.Read(),
        _ => throw new BenchException($"a node cannot obey {request.GetType().Name}"),
    };

    private static long Checked(string what, ProgramExit exit) => exit.Code == 0
        ? exit.Nanoseconds
        : throw new BenchException($"{what} exited with {exit.Code}: {exit.Output.Trim()}");
}
