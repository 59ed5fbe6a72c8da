using System.Net.Sockets;

namespace Berth.Walk.Tests.Judge;

/// <summary>A node with rules, and packets that meet them.</summary>
internal sealed record JudgeCase(int Seed, NodeSettings Settings, RulesetText Ruleset, IReadOnlyList<SentPacket> Packets);

/// <summary>Whose rules there are.</summary>
[Flags]
internal enum Tools
{
    None = 0,

    /// <summary>iptables-legacy.</summary>
    Legacy = 1,

    /// <summary>iptables-nft.</summary>
    Compatible = 2,

    /// <summary>nft.</summary>
    Native = 4,
}

/// <summary>Makes cases; a number decides all of one.</summary>
internal static class CaseGenerator
{
    internal const int PacketsPerCase = 12;

    /// <param name="seed">What decides all of it.</param>
    /// <param name="only">The tools that have rules, of <see cref="Tools"/>; null leaves it to chance.</param>
    internal static JudgeCase Generate(int seed, Tools? only = null)
    {
        Choice choice = new(seed);
        PacketGenerator packets = new(choice);
        RareRule rare = RareRule.Of(seed);
        List<SentPacket> sent = [.. Enumerable.Range(0, PacketsPerCase).Select(number => Next(packets, rare, number))];
        NodeSettings settings = new(choice.Chance(0.5), choice.Of(0, 0, 0, 1, 2), choice.Chance(0.4));
        Pool pool = new(choice, AddressFamily.InterNetwork, sent);
        Pool pool6 = new(choice, AddressFamily.InterNetworkV6, sent);

        // One tool, two, or all of them.
        Tools tools = (Tools)choice.Of(1, 1, 2, 2, 4, 4, 3, 5, 6, 7);
        tools = only ?? ((tools & rare.Tools) != 0 ? tools : rare.Tools & choice.Of(Tools.Legacy | Tools.Native, Tools.Compatible | Tools.Native));
        // Of both flavours one has it.
        Tools having = tools & rare.Tools & (choice.Chance(0.5) ? ~Tools.Legacy : ~Tools.Compatible);
        having = having == 0 ? tools & rare.Tools : having;
        string Rules(Tools tool, Pool of) =>
            (tools & tool) != 0 ? new IptablesGenerator(of, (having & tool) != 0 ? rare.Make(of) : null).Generate() : "";
        return new JudgeCase(seed, settings, new RulesetText
        {
            Elements = (tools & (Tools.Legacy | Tools.Compatible)) != 0 ? ElementGenerator.Generate(choice, pool, pool6) : "",
            Legacy = Rules(Tools.Legacy, pool),
            Legacy6 = Rules(Tools.Legacy, pool6),
            Compatible = Rules(Tools.Compatible, pool),
            Compatible6 = Rules(Tools.Compatible, pool6),
            Native = (tools & Tools.Native) != 0
                ? new NftGenerator(choice, pool, pool6).Generate() + ((having & Tools.Native) != 0 ? rare.Table(pool, pool6) : "")
                : "",
            IsNativeFirst = choice.Chance(0.5),
        }, sent);
    }

    // Every other packet is one that the rare rule is about.
    private static SentPacket Next(PacketGenerator packets, RareRule rare, int number)
    {
        SentPacket packet = packets.Next();
        return number % 2 == 0 ? rare.Packet(packet) : packet;
    }
}
