using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>The published plugin under test.</summary>
internal static class Portmap
{
    internal static string Program { get; } = Environment.GetEnvironmentVariable("BERTH_PORTMAP")
        ?? throw new InvalidOperationException("BERTH_PORTMAP must hold the absolute path of a published portmap");

    internal static PluginResult Call(
        Host node, JsonObject configuration, IReadOnlyDictionary<string, string> environment) =>
        Call(node, Program, configuration, environment);

    /// <summary>Calls any plugin in the node's namespace, as a runtime would.</summary>
    internal static PluginResult Call(
        Host node, string program, JsonObject configuration, IReadOnlyDictionary<string, string> environment) =>
        new(Command.Run(node.NetnsPath, program, [], configuration.ToJsonString(), new Dictionary<string, string>(environment)
        {
            ["CNI_PATH"] = Path.GetDirectoryName(program)!,
        }));
}
