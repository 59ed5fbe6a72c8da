namespace Berth.Runtime.Tests.Ground;

/// <summary>A network for people who write their own: a dual-stack bridge, then portmap.</summary>
internal static class Conflist
{
    /// <summary>portmap's entry as most people have it.</summary>
    internal const string Portmap = """{"type":"portmap","capabilities":{"portMappings":true}}""";

    /// <param name="name">The network's.</param>
    /// <param name="bridge">The name of its interface.</param>
    /// <param name="prefix">The first three numbers of its IPv4 addresses.</param>
    /// <param name="prefixIPv6">The first two of its IPv6 addresses.</param>
    /// <param name="version">Of the CNI protocol.</param>
    /// <param name="portmap">The plugin's entry.</param>
    internal static string Text(
        string name, string bridge, string prefix, string prefixIPv6, string version, string portmap) => $$"""
        {
          "cniVersion": "{{version}}",
          "name": "{{name}}",
          "plugins": [
            {
              "type": "bridge",
              "bridge": "{{bridge}}",
              "isGateway": true,
              "hairpinMode": true,
              "ipam": {
                "type": "host-local",
                "routes": [{ "dst": "0.0.0.0/0" }, { "dst": "::/0" }],
                "ranges": [
                  [{ "subnet": "{{prefix}}.0/24", "gateway": "{{prefix}}.1" }],
                  [{ "subnet": "{{prefixIPv6}}::/64", "gateway": "{{prefixIPv6}}::1" }]
                ]
              }
            },
            {{portmap}}
          ]
        }
        """;
}
