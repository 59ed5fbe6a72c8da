using System.Globalization;
using System.Net;

namespace Berth.Inspection;

/// <summary>Targets that neither decide nor change what later rules and routing look at.</summary>
internal static class HarmlessTargets
{
    private const ushort ClampToPath = ushort.MaxValue; // XT_TCPMSS_CLAMP_PMTU

    private static readonly string[] AuditTypes = ["accept", "drop", "reject"];

    /// <summary>Null when the name, or an option, is not known here.</summary>
    internal static WordsTarget? Parse(string name, RuleOptions options)
    {
        string? effect = Effect(name);
        if (effect is null)
        {
            return null;
        }

        List<string> words = [];
        while (options.Next())
        {
            words.Add(options.Option);
            bool hasValue = options.Option is not ("--clamp-mss-to-pmtu" or "--checksum-fill");
            if (hasValue)
            {
                words.Add(options.Word());
            }
        }

        return new WordsTarget(name, [.. words], effect.Length > 0 ? effect : null);
    }

    internal static WordsTarget? Read(ExtensionStructure s)
    {
        List<string>? words = (s.Name, s.Revision) switch
        {
            ("TRACE", 0) => [],
            ("TCPMSS", 0) when s.Info.Length >= 2 => s.UInt16(0) == ClampToPath
                ? ["--clamp-mss-to-pmtu"]
                : ["--set-mss", $"{s.UInt16(0)}"],
            ("CHECKSUM", 0) => ["--checksum-fill"],
            ("CLASSIFY", 0) when s.Info.Length >= 4 => ["--set-class", ClassText(s.UInt32(0))],
            ("TEE", 1) when s.Info.Length >= 32 => Tee(s),
            ("AUDIT", 0) when s.Info.Length >= 1 && s.Byte(0) < AuditTypes.Length => ["--type", AuditTypes[s.Byte(0)]],
            _ => null,
        };
        return words is null ? null : new WordsTarget(s.Name, [.. words], Effect(s.Name) is { Length: > 0 } effect ? effect : null);
    }

    private static string? Effect(string name) => name switch
    {
        "TRACE" or "AUDIT" or "CHECKSUM" => "",
        "TCPMSS" => "limits the segments' size",
        "CLASSIFY" => "sets the class of its queue",
        "TEE" => "sends a copy elsewhere",
        _ => null,
    };

    private static string ClassText(uint priority) =>
        string.Create(CultureInfo.InvariantCulture, $"{priority >> 16:x4}:{priority & 0xffff:x4}");

    private static List<string> Tee(ExtensionStructure s)
    {
        IPAddress gateway = AddressBits.ToAddress(s.Context.Family, s.Address(0));
        List<string> words = ["--gateway", gateway.ToString()];
        if (s.Text(16, 16) is { Length: > 0 } link)
        {
            words.AddRange(["--oif", link]);
        }

        return words;
    }
}
