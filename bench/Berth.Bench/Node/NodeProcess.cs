using System.Diagnostics;

namespace Berth.Bench.Node;

/// <summary>A node, seen from its parent: a process in a network namespace that has one plugin's state only.</summary>
internal sealed class NodeProcess : IDisposable
{
    // Far above the slowest call of any plugin (1,000 ports on iptables take the reference 40 seconds): what takes longer hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly string _name;

    private NodeProcess(Process process, string name) => (_process, _name) = (process, name);

    /// <summary>Starts a node.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="plugin">The plugin's absolute path.</param>
    /// <exception cref="BenchException">It did not come up.</exception>
    public static NodeProcess Start(string name, string plugin)
    {
        ProcessStartInfo start = new("unshare")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] command =
            ["--net", "--", Environment.ProcessPath!, typeof(NodeProcess).Assembly.Location, Program.NodeVerb, plugin];
        foreach (string argument in command)
        {
            start.ArgumentList.Add(argument);
        }

        NodeProcess node = new(Process.Start(start)!, name);
        try
        {
            _ = node.ReadAnswer("being built");
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Calls the plugin.</summary>
    /// <returns>Wall time from spawn to exit, in milliseconds.</returns>
    /// <exception cref="BenchException">The plugin failed.</exception>
    public double Call(PluginCall call) => Ask(new NodeRequest.Call(call))[0];

    /// <summary>Runs the floor program.</summary>
    /// <returns>Wall time from spawn to exit, in milliseconds.</returns>
    public double Floor(string path) => Ask(new NodeRequest.Floor(path))[0];

    /// <summary>Requires that the kernel holds exactly so many mappings.</summary>
    /// <exception cref="BenchException">It holds more or fewer.</exception>
    public void RequireMappings(int expected, string when)
    {
        double found = Ask(new NodeRequest.Count())[0];
        if (found != expected)
        {
            throw new BenchException($"{_name}: {found} mappings {when}, and there must be {expected}");
        }
    }

    public void Dispose()
    {
        try
        {
            // A node ends with its standard input; one that hangs in a plugin does not hear it.
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (IOException)
        {
            // It is gone already.
        }

        _process.Dispose();
    }

    /// <summary>Asks for anything else.</summary>
    /// <returns>See <see cref="NodeRequest"/>.</returns>
    /// <exception cref="BenchException">It failed.</exception>
    public double[] Ask(NodeRequest request)
    {
        try
        {
            _process.StandardInput.WriteLine(request.Encode());
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw new BenchException($"{_name}: the node is gone");
        }

        return ReadAnswer(request.GetType().Name);
    }

    private double[] ReadAnswer(string to)
    {
        Task<string?> reading = _process.StandardOutput.ReadLineAsync();
        if (!reading.Wait(Patience))
        {
            throw new BenchException($"{_name}: no answer within {Patience.TotalSeconds} s to {to}");
        }

        string line = reading.Result ?? throw new BenchException($"{_name}: the node ended instead of answering");
        NodeAnswer answer = NodeAnswer.Decode(line);
        return answer.Values ?? throw new BenchException($"{_name}: {answer.Reason}");
    }
}
