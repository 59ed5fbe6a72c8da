using System.Text.Json.Nodes;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>ADD of a portmap plugin, Berth's published file or the reference.</summary>
internal static class PluginCall
{
    internal static string Berth
    {
        get
        {
            string? path = Environment.GetEnvironmentVariable("BERTH_PORTMAP");
            Assert.SkipWhen(string.IsNullOrEmpty(path), "BERTH_PORTMAP names no published portmap: eng/publish DIR");
            return path!;
        }
    }

    internal static string Reference
    {
        get
        {
            string? path = Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP");
            Assert.SkipWhen(
                string.IsNullOrEmpty(path),
                "BERTH_REFERENCE_PORTMAP names no reference plugin, and eng/reference-portmap could not get one (it says why).");
            return path!;
        }
    }

    /// <summary>
    /// Adds a pod with mappings, each "hostPort:containerPort", "hostIP:hostPort:containerPort" or, of Berth's plugin alone,
    /// with a range "first-last" as host port, to the same ports of the pod; of TCP, or with "/udp" after it.
    /// </summary>
    internal static void Add(string program, string backend, string container, string address, params string[] mappings) =>
        Add(program, backend, container, [$"{address}/24"], mappings);

    /// <summary>Adds a pod with addresses, one of each family at most.</summary>
    internal static void Add(string program, string backend, string container, string[] addresses, params string[] mappings)
    {
        if (!File.Exists($"/run/netns/{container}"))
        {
            Tool.Run("ip", "netns", "add", container);
        }

        JsonArray list = [];
        foreach (string mapping in mappings)
        {
            bool isUdp = mapping.EndsWith("/udp", StringComparison.Ordinal);
            string[] parts = mapping.Split('/')[0].Split(':');
            string[] ends = parts[^2].Split('-');
            JsonObject item = new()
            {
                ["hostPort"] = int.Parse(ends[0]),
                ["containerPort"] = int.Parse(parts[^1]),
                ["protocol"] = isUdp ? "udp" : "tcp",
            };
            if (ends.Length == 2)
            {
                item["hostPortEnd"] = int.Parse(ends[1]);
            }

            if (parts.Length == 3)
            {
                item["hostIP"] = parts[0];
            }

            list.Add((JsonNode)item);
        }

        JsonObject configuration = new()
        {
            ["cniVersion"] = "1.0.0",
            ["name"] = "podnet",
            ["type"] = "portmap",
            ["backend"] = backend,
            ["snat"] = true,
            ["capabilities"] = new JsonObject { ["portMappings"] = true },
            ["runtimeConfig"] = new JsonObject { ["portMappings"] = list },
            ["prevResult"] = new JsonObject
            {
                ["cniVersion"] = "1.0.0",
                ["interfaces"] = new JsonArray(new JsonObject { ["name"] = "eth0", ["sandbox"] = $"/run/netns/{container}" }),
                ["ips"] = new JsonArray([.. addresses.Select(static address => new JsonObject { ["address"] = address, ["interface"] = 0 })]),
            },
        };
        Tool added = Tool.Try(program, [], configuration.ToJsonString(), new Dictionary<string, string>
        {
            ["CNI_COMMAND"] = "ADD",
            ["CNI_CONTAINERID"] = container,
            ["CNI_IFNAME"] = "eth0",
            ["CNI_NETNS"] = $"/run/netns/{container}",
            ["CNI_PATH"] = Path.GetDirectoryName(program)!,
            ["CNI_ARGS"] = $"IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME={container}-pod",
        });
        Assert.True(added.ExitCode == 0, added.Output + added.Errors);
    }
}
