using System.Globalization;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Faults;

/// <summary>A call of the plugin that stops behind one of its system calls, for somebody else to come in between.</summary>
internal static class StoppedPlugin
{
    // Its tracer stops it at every call, for microseconds; by the signal it is stopped until it is told to go on.
    private const int Pause = 20;
    private const string Stopped = "--- stopped by SIGSTOP ---";

    /// <summary>Runs a call, and while it is stopped an intrusion; null when the system call never came.</summary>
    internal static (PluginResult Result, T Intrusion)? Run<T>(
        Attachment web, SystemCall where, string trace, Func<Attachment, PluginResult> call, Func<T> intrude)
        where T : struct
    {
        PluginResult? result = null;
        Thread caller = new(() => result = call(where.Stop(web, trace)));
        caller.Start();
        T? intrusion = null;
        string before = "";
        while (!caller.Join(Pause))
        {
            foreach ((int id, string state) in NodeProcesses.Find(web.Node, "portmap"))
            {
                if (state[0] is 't' or 'T' && state == before && File.ReadAllText(trace).Contains(Stopped, StringComparison.Ordinal))
                {
                    intrusion ??= intrude();
                    Command.Run(web.Node.NetnsPath, "sh", ["-c", $"kill -CONT {id.ToString(CultureInfo.InvariantCulture)} || true"]);
                }

                before = state;
            }
        }

        return intrusion is T done ? (result!, done) : null;
    }
}
