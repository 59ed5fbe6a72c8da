using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>The published plugin under test.</summary>
internal static class Portmap
{
    internal static string Program { get; } = Environment.GetEnvironmentVariable("BERTH_PORTMAP")
        ?? throw new InvalidOperationException("BERTH_PORTMAP must hold the absolute path of a published portmap");

    /// <summary>Calls any plugin in the node's namespace, as a runtime would.</summary>
    internal static PluginResult Call(
        Host node, string program, JsonObject configuration, IReadOnlyDictionary<string, string> environment) =>
        Call(node, [program], configuration, environment);

    /// <summary>The same by another program, whose last argument is then the plugin's path.</summary>
    internal static PluginResult Call(
        Host node, string[] command, JsonObject configuration, IReadOnlyDictionary<string, string> environment,
        TimeSpan? limit = null, Action<int>? started = null) =>
        new(Command.Run(
            node.NetnsPath, command[0], command[1..], configuration.ToJsonString(),
            new Dictionary<string, string>(environment) { ["CNI_PATH"] = Path.GetDirectoryName(command[^1])! },
            limit, started));
}
