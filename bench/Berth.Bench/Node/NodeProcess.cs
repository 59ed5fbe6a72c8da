using System.Diagnostics;
using System.Globalization;

namespace Berth.Bench.Node;

/// <summary>A node, seen from its parent: a process in a network namespace that has one plugin's state only.</summary>
internal sealed class NodeProcess : IDisposable
{
    // Far above the slowest call of any plugin: what takes longer hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
    public double Call(PluginCall call) => Milliseconds(Ask(new NodeRequest.Call(call)));

    /// <summary>Runs the floor program.</summary>
    /// <returns>Wall time from spawn to exit, in milliseconds.</returns>
    public double Floor(string path) => Milliseconds(Ask(new NodeRequest.Floor(path)));

    /// <summary>Requires that the kernel holds exactly so many mappings.</summary>
    /// <exception cref="BenchException">It holds more or fewer.</exception>
    public void RequireMappings(int expected, string when)
    {
        long found = Ask(new NodeRequest.Count());
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

    private static double Milliseconds(long nanoseconds) => nanoseconds / 1e6;

    private long Ask(NodeRequest request)
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

        return ReadAnswer(request.ToString());
    }

    private long ReadAnswer(string to)
    {
        Task<string?> reading = _process.StandardOutput.ReadLineAsync();
        if (!reading.Wait(Patience))
        {
            throw new BenchException($"{_name}: no answer within {Patience.TotalSeconds} s to {to}");
        }

        return reading.Result?.Split('\t', 2) switch
        {
            ["ok", string number] => long.Parse(number, CultureInfo.InvariantCulture),
            ["failed", string reason] => throw new BenchException($"{_name}: {reason}"),
            _ => throw new BenchException($"{_name}: the node ended instead of answering"),
        };
    }
}
