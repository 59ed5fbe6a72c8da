using System.Globalization;
using System.Text;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>Rules as kube-proxy's iptables mode writes them, for iptables-restore.</summary>
internal static class KubeProxyIptables
{
    /// <summary>Services with one endpoint or, every third, two: six rules for each on the average.</summary>
    internal static string Services(int count)
    {
        StringBuilder chains = new();
        StringBuilder rules = new();
        for (int i = 0; i < count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"shop/web-{i}:http");
            string cluster = string.Create(CultureInfo.InvariantCulture, $"10.{100 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}");
            string hash = i.ToString("D16", CultureInfo.InvariantCulture);
            chains.AppendLine(CultureInfo.InvariantCulture, $":KUBE-SVC-{hash} - [0:0]");
            rules.AppendLine(CultureInfo.InvariantCulture,
                $"-A KUBE-SERVICES -d {cluster}/32 -p tcp -m comment --comment \"{name} cluster IP\" -m tcp --dport 80 -j KUBE-SVC-{hash}");
            rules.AppendLine(CultureInfo.InvariantCulture,
                $"-A KUBE-SVC-{hash} ! -s 10.244.0.0/16 -d {cluster}/32 -p tcp -m comment --comment \"{name} cluster IP\" -m tcp --dport 80 -j KUBE-MARK-MASQ");
            for (int endpoint = 0; endpoint < (i % 3 == 0 ? 2 : 1); endpoint++)
            {
                string pod = string.Create(CultureInfo.InvariantCulture, $"10.244.{(i >> 7) & 255}.{((i & 127) * 2) + endpoint}");
                string sep = string.Create(CultureInfo.InvariantCulture, $"KUBE-SEP-{i:D15}{endpoint}");
                string chance = i % 3 == 0 && endpoint == 0 ? "-m statistic --mode random --probability 0.50000000000 " : "";
                chains.AppendLine(CultureInfo.InvariantCulture, $":{sep} - [0:0]");
                rules.AppendLine(CultureInfo.InvariantCulture,
                    $"-A KUBE-SVC-{hash} -m comment --comment \"{name} -> {pod}:8080\" {chance}-j {sep}");
                rules.AppendLine(CultureInfo.InvariantCulture,
                    $"-A {sep} -s {pod}/32 -m comment --comment \"{name}\" -j KUBE-MARK-MASQ");
                rules.AppendLine(CultureInfo.InvariantCulture,
                    $"-A {sep} -p tcp -m comment --comment \"{name}\" -m tcp -j DNAT --to-destination {pod}:8080");
            }
        }

        return $"""
            *nat
            :PREROUTING ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            :KUBE-SERVICES - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            {chains}-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
            {rules}COMMIT

            """;
    }
}
