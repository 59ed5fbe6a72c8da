using System.Text;

namespace Berth.Lab;

/// <summary>Removes or moves rules, as somebody would by hand: the tools' own listing says where they are.</summary>
internal static class RuleEdit
{
    /// <summary>Does it to every rule of the chains that holds the text.</summary>
    /// <exception cref="LabException">There is no such rule, or a program failed.</exception>
    public static void Do(RuleStep step, Place place, Programs programs)
    {
        int changed = step.Program == "nft" ? EditNft(step, place, programs) : EditIptables(step, place, programs);
        if (changed == 0)
        {
            throw new LabException(
                $"{step.At}: there is no rule that holds \"{step.Holding}\" in {step.Program}'s {step.Table} {step.Chain} on {place.Name}");
        }
    }

    private static int EditIptables(RuleStep step, Place place, Programs programs)
    {
        string program = step.Program == "iptables" ? "iptables-nft" : step.Program;
        string[] rules = programs.Must(place, program, ["-t", step.Table, "-S"]).Split('\n');
        StringBuilder batch = new($"*{step.Table}\n");
        int changed = 0;
        foreach (string rule in rules)
        {
            // -A CHAIN and the rest, as iptables-restore reads it.
            string[] words = rule.Split(' ', 3);
            if (words is ["-A", var chain, var rest] && Fits(step.Chain, chain) && rest.Contains(step.Holding, StringComparison.Ordinal))
            {
                batch.AppendLine($"-D {chain} {rest}");
                if (step.Change != RuleChange.Remove)
                {
                    batch.AppendLine($"{(step.Change == RuleChange.MoveToFront ? "-I" : "-A")} {chain} {rest}");
                }

                changed++;
            }
        }

        batch.AppendLine("COMMIT");
        if (changed > 0)
        {
            programs.Must(place, program + "-restore", ["--noflush"], batch.ToString());
        }

        return changed;
    }

    private static int EditNft(RuleStep step, Place place, Programs programs)
    {
        string[] lines = programs.Must(place, "nft", ["-a", "list", "table", .. step.Table.Split(' ')]).Split('\n');
        StringBuilder batch = new();
        string chain = "";
        int changed = 0;
        foreach (string line in lines)
        {
            string[] words = line.Trim().Split(' ');
            if (words is ["chain", var name, "{", ..])
            {
                chain = name;
            }
            else if (Fits(step.Chain, chain) && line.Contains(step.Holding, StringComparison.Ordinal)
                && line.LastIndexOf(" # handle ", StringComparison.Ordinal) is int at and >= 0)
            {
                string handle = line[(at + " # handle ".Length)..].Trim();
                batch.AppendLine($"delete rule {step.Table} {chain} handle {handle}");
                if (step.Change != RuleChange.Remove)
                {
                    batch.AppendLine($"{(step.Change == RuleChange.MoveToFront ? "insert" : "add")} rule {step.Table} {chain} {line[..at].Trim()}");
                }

                changed++;
            }
        }

        if (changed > 0)
        {
            programs.Must(place, "nft", ["-f", "-"], batch.ToString());
        }

        return changed;
    }

    private static bool Fits(string pattern, string chain) => pattern.EndsWith('*')
        ? chain.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : chain == pattern;
}
