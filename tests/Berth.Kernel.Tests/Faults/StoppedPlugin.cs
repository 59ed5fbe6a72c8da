using System.Globalization;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Faults;

/// <summary>A call of the plugin that stops behind one of its system calls, for somebody else to come in between.</summary>
internal static class StoppedPlugin
{
    // Its tracer stops it at every call, for microseconds; what stays like that for so long is stopped by the signal.
    private const int Pause = 20;

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
                if (state[0] is 't' or 'T' && state == before)
                {
                    // Were it only slow, it would come between two calls all the same, and be told to go on when it stops.
                    intrusion ??= intrude();
                    Command.Run(web.Node.NetnsPath, "sh", ["-c", $"kill -CONT {id.ToString(CultureInfo.InvariantCulture)} || true"]);
                }

                before = state;
            }
        }

        return intrusion is T done ? (result!, done) : null;
    }
}
