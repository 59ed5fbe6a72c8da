using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>A container's attachment to a network, and the plugin called for it as a runtime would call it: environment
/// and JSON on stdin.</summary>
internal sealed record Attachment
{
    internal required Host Node { get; init; }

    internal required string ContainerId { get; init; }

    internal required string NetnsPath { get; init; }

    internal string InterfaceName { get; init; } = "eth0";

    internal string Network { get; init; } = "podnet";

    internal string CniVersion { get; init; } = "1.0.0";

    internal string Args { get; init; } = string.Empty;

    internal IPAddress? IPv4 { get; init; }

    internal IPAddress? IPv6 { get; init; }

    /// <summary>Keys of the network configuration beside the usual ones.</summary>
    internal ImmutableDictionary<string, string> Keys { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether the configuration names a backend, which is nftables unless a key says otherwise.</summary>
    internal bool HasBackend { get; init; } = true;

    /// <summary>The program to call; the one under test.</summary>
    internal string Program { get; init; } = Portmap.Program;

    /// <summary>The PATH that the program gets; that of the tests.</summary>
    internal string? SearchPath { get; init; }

    /// <summary>How long a call may take; what is usual when null.</summary>
    internal TimeSpan? Limit { get; init; }

    /// <summary>A program and its arguments that run the plugin in their stead: a tracer, or another mount namespace.</summary>
    internal ImmutableArray<string> Under { get; init; } = [];

    /// <summary>Gets the plugin's process, before it has read anything.</summary>
    internal Action<int>? Started { get; init; }

    /// <summary>The same attachment in a network whose configuration has one more key, given as JSON.</summary>
    internal Attachment With(string key, string json) => this with { Keys = Keys.SetItem(key, json) };

    internal PluginResult Add(params IReadOnlyList<PortMapping> mappings) => Call("ADD", mappings);

    internal PluginResult Del(params IReadOnlyList<PortMapping> mappings) => Call("DEL", mappings);

    internal PluginResult Check(params IReadOnlyList<PortMapping> mappings) => Call("CHECK", mappings);

    internal PluginResult Call(string command, IReadOnlyList<PortMapping>? mappings, JsonNode? prevResult = null)
    {
        JsonObject configuration = Configuration();
        configuration["prevResult"] = prevResult ?? PrevResult.Of(this);
        if (mappings is { Count: > 0 })
        {
            configuration["runtimeConfig"] = new JsonObject
            {
                ["portMappings"] = new JsonArray([.. mappings.Select(m => m.ToJson())]),
            };
        }

        return Portmap.Call(Node, [.. Under, Program], configuration, new Dictionary<string, string>
        {
            ["PATH"] = SearchPath ?? Environment.GetEnvironmentVariable("PATH")!,
            ["CNI_COMMAND"] = command,
            ["CNI_CONTAINERID"] = ContainerId,
            ["CNI_NETNS"] = NetnsPath,
            ["CNI_IFNAME"] = InterfaceName,
            ["CNI_ARGS"] = Args,
        }, Limit, Started);
    }

    /// <summary>GC of this attachment's network: everything not among the valid ones goes.</summary>
    internal PluginResult Gc(params IReadOnlyList<Attachment> valid)
    {
        JsonObject configuration = Configuration();
        configuration["cniVersion"] = "1.1.0";
        configuration["cni.dev/valid-attachments"] = new JsonArray([.. valid.Select(v =>
            (JsonNode)new JsonObject { ["containerID"] = v.ContainerId, ["ifname"] = v.InterfaceName })]);
        return Portmap.Call(Node, [.. Under, Program], configuration, new Dictionary<string, string>
        {
            ["PATH"] = SearchPath ?? Environment.GetEnvironmentVariable("PATH")!,
            ["CNI_COMMAND"] = "GC",
        }, Limit, Started);
    }

    /// <summary>STATUS of this attachment's network.</summary>
    internal PluginResult Status()
    {
        JsonObject configuration = Configuration();
        configuration["cniVersion"] = "1.1.0";
        return Portmap.Call(Node, [.. Under, Program], configuration, new Dictionary<string, string>
        {
            ["PATH"] = SearchPath ?? Environment.GetEnvironmentVariable("PATH")!,
            ["CNI_COMMAND"] = "STATUS",
        });
    }

    private JsonObject Configuration()
    {
        JsonObject configuration = new()
        {
            ["cniVersion"] = CniVersion,
            ["name"] = Network,
            ["type"] = "portmap",
            ["capabilities"] = new JsonObject { ["portMappings"] = true },
        };
        if (HasBackend)
        {
            configuration["backend"] = "nftables";
        }

        foreach ((string key, string json) in Keys)
        {
            configuration[key] = JsonNode.Parse(json);
        }

        return configuration;
    }
}
