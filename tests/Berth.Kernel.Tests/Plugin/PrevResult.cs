using System.Net;
using System.Text.Json.Nodes;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>The result that a bridge plugin would have handed on.</summary>
internal static class PrevResult
{
    internal static JsonObject Of(Attachment attachment)
    {
        JsonArray ips = [];
        foreach ((IPAddress? address, int length) in new[] { (attachment.IPv4, 24), (attachment.IPv6, 64) })
        {
            if (address is not null)
            {
                ips.Add((JsonNode)new JsonObject { ["address"] = $"{address}/{length}", ["interface"] = 1 });
            }
        }

        return new JsonObject
        {
            ["cniVersion"] = attachment.CniVersion,
            ["interfaces"] = new JsonArray(
                new JsonObject { ["name"] = "cni1", ["mac"] = "02:00:00:00:00:01" },
                new JsonObject
                {
                    ["name"] = attachment.InterfaceName,
                    ["mac"] = "02:00:00:00:00:02",
                    ["sandbox"] = attachment.NetnsPath,
                }),
            ["ips"] = ips,
            ["dns"] = new JsonObject(),
        };
    }
}
