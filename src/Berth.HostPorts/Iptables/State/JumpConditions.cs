using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.HostPorts.Iptables;

/// <summary>What a jump to a container's chain asks of a packet besides its port: a network's conditions.</summary>
internal static class JumpConditions
{
    // What every jump to a container's chain has.
    private static readonly string[] Usual =
        ["-p", "--comment", "--dports", "-j", "-m\ncomment", "-m\nmultiport", "-m\ntcp", "-m\nudp", "-m\nsctp"];

    /// <summary>What stands in arguments for conditions that were not read.</summary>
    internal static string[] Unread => ["-m", "unread"];

    /// <summary>
    /// The conditions, each with its values, in alphabetical order; none for most. Names of options and addresses as iptables-save
    /// writes them, so that what somebody wrote can be compared with what was saved.
    /// </summary>
    internal static List<string> Of(IReadOnlyList<string> arguments)
    {
        List<string> conditions = [];
        foreach (string option in SavedRule.Options(arguments))
        {
            int end = option.IndexOf('\n');
            if (Array.IndexOf(Usual, option) < 0 && (end < 0 || Array.IndexOf(Usual, option[..end]) < 0))
            {
                conditions.Add(Canonical(option));
            }
        }

        conditions.Sort(StringComparer.Ordinal);
        return conditions;
    }

    /// <summary>
    /// Whether a container's mappings and those of another may have the same port, each where its conditions hold: those of
    /// two networks whose conditions are not the same.
    /// </summary>
    internal static bool AreApart(ContainerJump jump, ContainerRules rules)
    {
        if (jump.IsOf(rules.Network))
        {
            return false;
        }

        List<string> some = Of(jump.Rule.Arguments);
        List<string> others = Of(rules.Jumps[0].Arguments);
        for (int i = 0; i < Math.Min(some.Count, others.Count); i++)
        {
            if (some[i] != others[i])
            {
                return true;
            }
        }

        return some.Count != others.Count;
    }

    private static string Canonical(string option)
    {
        string[] words = option.Split('\n');
        int name = words[0] == "!" ? 1 : 0;
        if (name + 1 >= words.Length)
        {
            return option;
        }

        words[name] = words[name] switch
        {
            "--source" or "--src" => "-s",
            "--destination" or "--dst" => "-d",
            "--in-interface" => "-i",
            "--out-interface" => "-o",
            string other => other,
        };
        if (words[name] is "-s" or "-d")
        {
            words[name + 1] = Network(words[name + 1]);
        }

        return string.Join('\n', words);
    }

    // A mask in numbers is left as it is: few write one.
    private static string Network(string text)
    {
        string[] parts = text.Split('/');
        if (!IPAddress.TryParse(parts[0], out IPAddress? address))
        {
            return text;
        }

        int length = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        return parts.Length > 1 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{ContainerRules.Masked(address, length)}/{length}");
    }
}
