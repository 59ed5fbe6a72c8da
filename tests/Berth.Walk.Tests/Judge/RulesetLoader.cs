using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Walk.Tests.Judge;

/// <summary>Puts rulesets into the node's kernel, one in the place of the other.</summary>
internal sealed partial class RulesetLoader
{
    // Replaces every table that legacy rules may be in: once made, they cannot be removed while the namespace lives.
    private const string NoLegacyRules = """
        *raw
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        COMMIT
        *mangle
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        COMMIT
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        COMMIT
        *security
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        COMMIT

        """;

    private bool _hasLegacy;
    private bool _hasLegacy6;
    private bool _hasVirtual;

    internal RulesetLoader() => IpSets.Create();

    /// <summary>Loads a ruleset.</summary>
    /// <returns>Null; or which part a tool refused, and why: then nothing is loaded.</returns>
    internal string? Load(RulesetText ruleset)
    {
        Clear();
        string? refused = Feed("ipset", ["restore", "-exist"], IpSets.Flush + ruleset.Elements)
            ?? Feed("iptables-legacy-restore", [], ruleset.Legacy)
            ?? Feed("ip6tables-legacy-restore", [], ruleset.Legacy6)
            ?? (ruleset.IsNativeFirst ? Feed("nft", ["-f", "-"], ruleset.Native) : null)
            ?? Feed("iptables-nft-restore", [], ruleset.Compatible)
            ?? Feed("ip6tables-nft-restore", [], ruleset.Compatible6)
            ?? (ruleset.IsNativeFirst ? null : Feed("nft", ["-f", "-"], ruleset.Native))
            ?? Feed("ipvsadm", ["--restore"], ruleset.Virtual);
        _hasVirtual |= ruleset.Virtual.Length > 0;
        _hasLegacy |= ruleset.Legacy.Length > 0;
        _hasLegacy6 |= ruleset.Legacy6.Length > 0;
        if (refused is not null)
        {
            Clear();
        }

        return refused;
    }

    /// <summary>Removes every rule.</summary>
    internal void Clear()
    {
        Tool.Nft("flush ruleset");
        if (_hasVirtual)
        {
            Tool.Run("ipvsadm", "--clear");
            _hasVirtual = false;
        }

        if (_hasLegacy)
        {
            Assert.Null(Feed("iptables-legacy-restore", [], NoLegacyRules));
            _hasLegacy = false;
        }

        if (_hasLegacy6)
        {
            Assert.Null(Feed("ip6tables-legacy-restore", [], NoLegacyRules));
            _hasLegacy6 = false;
        }
    }

    [GeneratedRegex("line:? ([0-9]+)")]
    private static partial Regex LineNumber();

    private static string? Feed(string program, string[] arguments, string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        Tool result = Tool.Try(program, arguments, text);
        if (result.ExitCode == 0)
        {
            return null;
        }

        // The line that it names: those of the restore programs say the number at most.
        string[] lines = text.Split('\n');
        IEnumerable<string> named = LineNumber().Matches(result.Errors).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .Where(number => number > 0 && number <= lines.Length).Select(number => lines[number - 1]);
        return $"{program}: {result.Errors}{string.Join('\n', named)}";
    }
}
