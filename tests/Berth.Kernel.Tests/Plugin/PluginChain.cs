using System.Net;
using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>A network as a distribution's plugins make it (<c>bridge</c> or <c>ptp</c>, with <c>host-local</c>), with
/// the plugin under test at the end of the chain.</summary>
internal sealed class PluginChain : IDisposable
{
    private const string CniVersion = "1.0.0";

    private static readonly string Plugins = Environment.GetEnvironmentVariable("BERTH_CNI_PLUGINS") ?? "/usr/lib/cni";

    private readonly Node _node;
    private readonly JsonObject[] _plugins;
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("host-local-");
    private readonly Dictionary<string, JsonNode> _results = [];

    internal PluginChain(Node node, string type, string moreKeys = "{}")
    {
        _node = node;
        JsonObject first = JsonNode.Parse(moreKeys)!.AsObject();
        first["type"] = type;
        first["ipMasq"] = false;
        first["ipam"] = JsonNode.Parse($$"""
            {
              "type": "host-local",
              "dataDir": "{{_state.FullName}}",
              "ranges": [[{ "subnet": "10.88.0.0/24" }], [{ "subnet": "fd00:88::/64" }]],
              "routes": [{ "dst": "0.0.0.0/0" }, { "dst": "::/0" }]
            }
            """);
        _plugins = [first, new JsonObject
        {
            ["type"] = "portmap",
            ["backend"] = "nftables",
            ["capabilities"] = new JsonObject { ["portMappings"] = true },
        }];
    }

    /// <summary>The addresses that <c>host-local</c> has given out.</summary>
    internal IReadOnlyList<string> Leases =>
    [
        .. _state.EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(f => f.Name)
            .Where(name => IPAddress.TryParse(name, out _)),
    ];

    public void Dispose() => _state.Delete(recursive: true);

    /// <summary>ADD through the chain; gives the last plugin's result.</summary>
    internal JsonNode Add(Host sandbox, params PortMapping[] mappings)
    {
        JsonNode? result = null;
        foreach (JsonObject plugin in _plugins)
        {
            result = Call("ADD", plugin, sandbox, result, mappings).Succeeded().Json!;
        }

        return _results[sandbox.Name] = result!;
    }

    /// <summary>CHECK through the chain.</summary>
    internal void Check(Host sandbox, params PortMapping[] mappings)
    {
        foreach (JsonObject plugin in _plugins)
        {
            Call("CHECK", plugin, sandbox, _results[sandbox.Name], mappings).Succeeded();
        }
    }

    /// <summary>DEL through the chain, backwards.</summary>
    internal void Del(Host sandbox, params PortMapping[] mappings)
    {
        foreach (JsonObject plugin in _plugins.Reverse())
        {
            Call("DEL", plugin, sandbox, _results[sandbox.Name], mappings).Succeeded();
        }
    }

    private PluginResult Call(
        string command, JsonObject plugin, Host sandbox, JsonNode? previous, PortMapping[] mappings)
    {
        JsonObject configuration = plugin.DeepClone().AsObject();
        configuration["cniVersion"] = CniVersion;
        configuration["name"] = "realnet";
        string type = (string)plugin["type"]!;
        if (type == "portmap")
        {
            configuration["runtimeConfig"] = new JsonObject
            {
                ["portMappings"] = new JsonArray([.. mappings.Select(m => m.ToJson())]),
            };
        }

        if (previous is not null)
        {
            configuration["prevResult"] = previous.DeepClone();
        }

        string program = type == "portmap" ? Portmap.Program : Path.Combine(Plugins, type);
        return Portmap.Call(_node, program, configuration, new Dictionary<string, string>
        {
            ["CNI_COMMAND"] = command,
            ["CNI_CONTAINERID"] = sandbox.Name + "-real",
            ["CNI_NETNS"] = sandbox.NetnsPath,
            ["CNI_IFNAME"] = "eth0",
        });
    }
}
