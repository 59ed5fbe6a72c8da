using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>The published plugin under test.</summary>
internal static class Portmap
{
    private static readonly string Program = Environment.GetEnvironmentVariable("BERTH_PORTMAP")
        ?? throw new InvalidOperationException("BERTH_PORTMAP must hold the absolute path of a published portmap");

    internal static PluginResult Call(
        Host node, JsonObject configuration, IReadOnlyDictionary<string, string> environment) =>
        new(Command.Run(node.NetnsPath, Program, [], configuration.ToJsonString(), new Dictionary<string, string>(environment)
        {
            ["CNI_PATH"] = Path.GetDirectoryName(Program)!,
        }));
}
