using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Iptables;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Reads a rule of the nat table as iptables-save prints it. What it does not know makes the rule conditional.</summary>
internal static class SavedRuleReader
{
    internal static IReadOnlyList<RuleCase> Read(AddressFamily family, SavedRule rule)
    {
        Selection selection = Selection.Any with { Family = family };
        List<PortInterval> ports = [];
        List<Selection> exclusions = [];
        bool isConditional = false;
        bool isShare = false;
        string? comment = null;
        RuleCase effect = new(selection, RuleEffect.Continue);
        IReadOnlyList<string> words = rule.Arguments;
        for (int i = 0; i < words.Count; i++)
        {
            bool isNegated = words[i] == "!";
            i += isNegated ? 1 : 0;
            if (i >= words.Count)
            {
                break;
            }

            string value = i + 1 < words.Count ? words[i + 1] : "";
            switch (words[i])
            {
                case "-m":
                    i++;
                    break;
                case "--mode" or "--probability" or "--every" or "--packet":
                    isShare = true;
                    i++;
                    break;
                case "--comment":
                    comment = value;
                    i++;
                    break;
                // recent's, which notes the source and always matches (recent_mt()), and what belongs to it.
                case "--set" when !isNegated:
                case "--rsource" or "--rdest":
                    break;
                case "--name" or "--mask":
                    i++;
                    break;
                case "-p" when !isNegated && Protocol(value) is byte protocol:
                    selection = selection with { Protocol = protocol };
                    i++;
                    break;
                case "-d" when Network(value) is IPNetwork network:
                    i++;
                    if (isNegated)
                    {
                        exclusions.Add(Selection.Any with { Destination = network });
                    }
                    else
                    {
                        selection = selection with { Destination = network };
                    }

                    break;
                case "--dport" or "--dports" when !isNegated && Ports(value) is { Count: > 0 } list:
                    ports.AddRange(list);
                    i++;
                    break;
                case "--dst-type" when !isNegated && value == "LOCAL":
                    selection = selection with { IsLocal = true };
                    i++;
                    break;
                case "-j" or "-g":
                    effect = Target(words, i, effect);
                    i = words.Count;
                    break;
                default:
                    isConditional = true;
                    while (i + 1 < words.Count && words[i + 1] is not ['-', ..] and not "!")
                    {
                        i++;
                    }

                    break;
            }
        }

        List<RuleCase> cases = [];
        foreach (PortInterval? port in ports.Count == 0 ? (IEnumerable<PortInterval?>)[null] : ports)
        {
            cases.Add(effect with
            {
                Selection = selection with { Ports = port },
                Exclusions = exclusions,
                IsConditional = isConditional,
                IsShare = isShare,
                Comment = comment,
            });
        }

        return cases;
    }

    private static RuleCase Target(IReadOnlyList<string> words, int position, RuleCase none)
    {
        string name = position + 1 < words.Count ? words[position + 1] : "";
        string? To(string option)
        {
            for (int i = position; i + 1 < words.Count; i++)
            {
                if (words[i] == option)
                {
                    return words[i + 1];
                }
            }

            return null;
        }

        switch (name)
        {
            case "DNAT":
                (IPAddress? address, PortInterval? ports) = Endpoint(To("--to-destination") ?? "");
                return none with { Effect = RuleEffect.Rewrite, Address = address, Ports = ports };
            case "REDIRECT":
                return none with
                {
                    Effect = RuleEffect.Rewrite,
                    IsRedirect = true,
                    Ports = Ports(To("--to-ports") ?? "").FirstOrDefault(),
                };
            case "RETURN":
                return none with { Effect = RuleEffect.Return };
            case "ACCEPT" or "DROP":
                return none with { Effect = RuleEffect.Stop };
            default:
                // A chain, or a target that decides nothing, which leads to no chain.
                return none with { Effect = words[position] == "-g" ? RuleEffect.Goto : RuleEffect.Jump, Chain = name };
        }
    }

    // "10.0.0.1:80", "10.0.0.1-10.0.0.9:80-90", ":80", "[fd00::1]:80", "fd00::1".
    private static (IPAddress?, PortInterval?) Endpoint(string text)
    {
        int bracket = text.IndexOf(']', StringComparison.Ordinal);
        int colon = bracket >= 0 ? text.IndexOf(':', bracket)
            : text.Count(static c => c == ':') == 1 ? text.IndexOf(':', StringComparison.Ordinal)
            : -1;
        string address = (colon < 0 ? text : text[..colon]).TrimStart('[').TrimEnd(']').Split('-')[0];
        return (
            IPAddress.TryParse(address.TrimEnd(']'), out IPAddress? parsed) ? parsed : null,
            colon < 0 ? null : Ports(text[(colon + 1)..].Replace('-', ':')).FirstOrDefault());
    }

    private static byte? Protocol(string name) => name switch
    {
        "tcp" => 6,
        "udp" => 17,
        "sctp" => 132,
        "udplite" => 136,
        _ => byte.TryParse(name, CultureInfo.InvariantCulture, out byte number) ? number : null,
    };

    private static IPNetwork? Network(string text) => IPNetwork.TryParse(text, out IPNetwork network) ? network
        : IPAddress.TryParse(text, out IPAddress? address)
            ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            : null;

    // "80", "80:90", "80,90:95".
    private static List<PortInterval> Ports(string text)
    {
        List<PortInterval> ports = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split(':', '-');
            if (ushort.TryParse(ends[0], CultureInfo.InvariantCulture, out ushort first)
                && ushort.TryParse(ends[^1], CultureInfo.InvariantCulture, out ushort last))
            {
                ports.Add(new PortInterval(first, last));
            }
        }

        return ports;
    }
}
