using System.Text;
using System.Text.Json;
using Berth.Cni;
using Berth.Cni.Runtime;
using Berth.HostPorts.Configuration;
using Berth.Inspection;

namespace Berth.Fuzz;

/// <summary>What a runtime hands to the plugin on stdin, and keeps in its cache.</summary>
internal static class CniTargets
{
    private static readonly Type[] Declared = [typeof(CniException)];

    private static readonly string[] Words =
    [
        "cniVersion", "0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0", "name", "podnet", "type", "portmap", "plugins",
        "prevResult", "interfaces", "sandbox", "mac", "ips", "ip4", "ip6", "ip", "address", "gateway", "interface", "routes", "dns",
        "runtimeConfig", "portMappings", "hostPort", "containerPort", "hostPortEnd", "protocol", "tcp", "udp", "sctp", "TCP", "hostIP",
        "backend", "iptables", "nftables", "auto", "snat", "masqAll", "markMasqBit", "externalSetMarkChain", "conditionsV4",
        "conditionsV6", "excludeDestinations", "excludeInterfaces", "onConflict", "fail", "replace", "cacheDir", "disableCheck",
        "cni.dev/valid-attachments", "cni.dev/attachments", "containerID", "ifname", "kind", "cniCacheV1", "capabilityArgs", "cniArgs",
    ];

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return Of("cni-configuration", Configuration);
        yield return Of("cni-call", Call);
        yield return Of("cni-cache", Cache) with { Seeds = ["cni-cache"], Declared = [] };
        yield return Of("cni-list", static bytes => NetworkConfigurationList.Parse(bytes));
    }

    private static FuzzTarget Of(string name, Action<byte[]> run) =>
        new(name, InputShape.Json, ["cni"], Declared, run) { Words = Words };

    private static void Configuration(byte[] bytes)
    {
        JsonElement root = ConfigurationReader.Parse([.. bytes]);
        HostPortConfiguration lenient = HostPortConfiguration.ParseForDelete(root);
        HostPortConfiguration? strict = null;
        Try(() => strict = HostPortConfiguration.Parse(root));
        if (strict is not null && !strict.Equals(lenient))
        {
            throw new ContractException("the strict reader accepts what the lenient one reads otherwise");
        }

        Try(() => ConfigurationReader.NetworkName(root));
        Try(() => ConfigurationReader.Version(root));
        Try(() => GcAttachments.Read(root));
        if (root.TryGetPropertyIgnoringCase("prevResult", out JsonElement result))
        {
            // One for each shape of a result.
            foreach (string version in (string[])["0.2.0", "0.4.0", "1.1.0"])
            {
                CniResult? read = null;
                Try(() => read = CniResult.Parse(result, version));
                if (read is not null)
                {
                    // What is printed is what the next plugin reads.
                    CniResult.Parse(ConfigurationReader.Parse(read.ToUtf8Json()), version);
                }
            }
        }
    }

    // What libcni's cache has of an attachment: whoever cannot read it goes on without it.
    private static void Cache(byte[] bytes)
    {
        if (ResultCache.Parse(bytes) is CachedAttachment cached)
        {
            _ = CniCacheReader.Of(cached);
        }
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (CniException)
        {
            // What it declares; the other readers want their turn.
        }
    }

    // A whole call of a plugin that does nothing: its answer is JSON whatever comes, and an error has a code and a message.
    private static void Call(byte[] bytes)
    {
        foreach (string command in (string[])["ADD", "GC"])
        {
            using MemoryStream stdin = new(bytes);
            using MemoryStream stdout = new();
            using MemoryStream stderr = new();
            int code = CniPluginHost.Run(new Nothing(), name => Variable(name, command), stdin, stdout, stderr, "about");
            if (stdout.Length == 0 && code == 0)
            {
                continue;
            }

            using JsonDocument answer = JsonDocument.Parse(stdout.ToArray(), new JsonDocumentOptions { MaxDepth = 1000 });
            if (code != 0 && (!answer.RootElement.TryGetProperty("code", out JsonElement number) || number.GetUInt32() == 0
                || !answer.RootElement.TryGetProperty("msg", out JsonElement message) || message.GetString() is not { Length: > 0 } text
                || text.StartsWith("internal error", StringComparison.Ordinal)))
            {
                throw new ContractException($"{command} answers {Encoding.UTF8.GetString(stdout.ToArray())}");
            }
        }
    }

    private static string? Variable(string name, string command) => name switch
    {
        "CNI_COMMAND" => command,
        "CNI_CONTAINERID" => "pod",
        "CNI_NETNS" => "/run/netns/pod",
        "CNI_IFNAME" => "eth0",
        "CNI_PATH" => "/",
        _ => null,
    };

    private sealed class Nothing : ICniPlugin
    {
        public CniResult Add(CniRequest request)
        {
            HostPortConfiguration.Parse(request.Config);
            return request.PrevResult ?? throw CniException.Internal("no prevResult");
        }

        public void Del(CniRequest request) => HostPortConfiguration.ParseForDelete(request.Config);

        public void Check(CniRequest request) => HostPortConfiguration.Parse(request.Config);

        public void Gc(CniRequest request) => HostPortConfiguration.ParseForDelete(request.Config);

        public void Status(CniRequest request) => HostPortConfiguration.Parse(request.Config);
    }
}
