using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>Makes tables for <c>nft -f</c>: of one family or of both, with sets, maps, and base chains at many priorities.</summary>
internal sealed class NftGenerator(Choice choice, Pool pool, Pool pool6)
{
    private static readonly (string Type, string Hook, int[] Priorities, double Chance)[] Bases =
    [
        ("filter", "prerouting", [-300, -300, -150, -120, -100, 0], 0.35),
        ("filter", "input", [-150, 0, 0, 10], 0.3),
        ("filter", "forward", [-150, 0, 0, 10], 0.35),
        ("filter", "output", [-300, 0, 0, 10], 0.2),
        ("route", "output", [-150, -150, -90], 0.2),
        ("filter", "postrouting", [-150, 0, 90, 120], 0.2),
        ("nat", "prerouting", [-100, -100, -110, -90], 0.65),
        ("nat", "output", [-100, -100, -110, -90], 0.4),
        ("nat", "input", [100, 100, 50], 0.15),
        ("nat", "postrouting", [100, 100, 110, 90], 0.55),
    ];

    internal string Generate()
    {
        StringBuilder text = new();
        int tables = choice.Of(1, 1, 2, 3);
        for (int i = 0; i < tables; i++)
        {
            text.Append(Table(choice.Of("ip", "ip", "ip6", "inet"), $"t{i}"));
        }

        return text.ToString();
    }

    private string Table(string family, string name)
    {
        NftRules rules = new(choice, pool, pool6, family);
        StringBuilder body = new();
        int number = 0;
        foreach ((string type, string hook, int[] priorities, double chance) in Bases)
        {
            for (int copies = choice.Chance(chance) ? (choice.Chance(0.12) ? 2 : 1) : 0; copies > 0; copies--)
            {
                number++;
                body.Append(Chains(rules, type, hook, choice.From(priorities), number));
            }
        }

        return $"table {family} {name} {{\n{rules.Sets()}{body}}}\n";
    }

    private string Chains(NftRules rules, string type, string hook, int priority, int number)
    {
        string policy = type != "nat" && choice.Chance(0.08) ? "drop" : "accept";
        string[] own = [.. Enumerable.Range(1, choice.Below(3)).Select(index => string.Create(CultureInfo.InvariantCulture, $"c{number}_{index}"))];
        StringBuilder text = new();

        // What a rule jumps to must be there before it.
        for (int i = own.Length - 1; i >= 0; i--)
        {
            text.Append(Chain(own[i], "", rules, type, hook, own[(i + 1)..], choice.Below(4)));
        }

        string head = string.Create(CultureInfo.InvariantCulture, $"    type {type} hook {hook} priority {priority}; policy {policy};\n");
        text.Append(Chain(string.Create(CultureInfo.InvariantCulture, $"base{number}"), head, rules, type, hook, own, 1 + choice.Below(4)));
        return text.ToString();
    }

    private string Chain(string name, string head, NftRules rules, string type, string hook, string[] below, int count)
    {
        StringBuilder text = new($"  chain {name} {{\n{head}");
        for (int i = 0; i < count; i++)
        {
            text.Append("    ").Append(rules.Generate(type, hook, below)).Append('\n');
        }

        return text.Append("  }\n").ToString();
    }
}
