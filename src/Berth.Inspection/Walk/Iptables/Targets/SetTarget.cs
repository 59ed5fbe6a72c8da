namespace Berth.Inspection;

/// <summary>Adds what the packet has to an ipset, or deletes it (SET; struct xt_set_info_target_v1 to v3).</summary>
/// <param name="Option">"--add-set", "--del-set" or "--map-set".</param>
/// <param name="Set">The set.</param>
/// <param name="Sides">For each of its dimensions whether it is the packet's source.</param>
internal sealed record SetTarget(string Option, string Set, ValueList<bool> Sides) : IptablesTarget
{
    private const ushort None = ushort.MaxValue; // IPSET_INVALID_ID
    private const uint Exist = 1;
    private const uint MapMark = 1 << 8;
    private const uint MapPriority = 1 << 9;
    private const uint MapQueue = 1 << 10;
    private const int FlagsAt = 12;

    internal bool IsExist { get; init; }

    internal uint? Timeout { get; init; }

    /// <summary>What of the entry a packet gets, as options.</summary>
    internal ValueList<string> Mapped { get; init; } = [];

    internal static SetTarget? Parse(RuleOptions options)
    {
        SetTarget? target = null;
        List<string> mapped = [];
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--add-set" or "--del-set" or "--map-set" when target is null:
                    target = new SetTarget(options.Option, options.Word(), SetMatch.ParseSides(options.Word()));
                    break;
                case "--exist" when target is not null:
                    target = target with { IsExist = true };
                    break;
                case "--timeout" when target is not null:
                    target = target with { Timeout = options.Number() };
                    break;
                case "--map-mark" or "--map-prio" or "--map-queue":
                    mapped.Add(options.Option);
                    break;
                default:
                    return null;
            }
        }

        return target is null ? null : target with { Mapped = [.. mapped] };
    }

    internal static SetTarget? Read(ExtensionStructure s)
    {
        const int Entry = 4;
        if (!s.Is(3, FlagsAt + 8))
        {
            return null;
        }

        string[] names = ["--add-set", "--del-set", "--map-set"];
        SetTarget? target = null;
        for (int i = 0; i < names.Length; i++)
        {
            if (s.UInt16(i * Entry) is ushort index and not None)
            {
                if (target is not null || s.Context.SetName(index) is not string name)
                {
                    return null;
                }

                target = new SetTarget(names[i], name, SetMatch.ReadSides(s, i * Entry));
            }
        }

        uint flags = s.UInt32(FlagsAt);
        uint timeout = s.UInt32(FlagsAt + 4);
        List<string> mapped = [];
        mapped.AddRange((flags & MapMark) != 0 ? ["--map-mark"] : (ReadOnlySpan<string>)[]);
        mapped.AddRange((flags & MapPriority) != 0 ? ["--map-prio"] : (ReadOnlySpan<string>)[]);
        mapped.AddRange((flags & MapQueue) != 0 ? ["--map-queue"] : (ReadOnlySpan<string>)[]);
        return target is null ? null : target with
        {
            IsExist = (flags & Exist) != 0,
            Timeout = timeout == uint.MaxValue ? null : timeout,
            Mapped = [.. mapped],
        };
    }

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("SET").Word(Option).Word(Set).Word(SetMatch.SideText(Sides));
        text.Flag(IsExist, "--exist");
        if (Timeout is uint timeout)
        {
            text.Option("--timeout", timeout);
        }

        foreach (string word in Mapped)
        {
            text.Word(word);
        }
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        string what = Option switch
        {
            "--add-set" => "adds to",
            "--del-set" => "deletes from",
            _ => "takes marks from",
        };
        return RuleOutcome.NoMatch(packet) with
        {
            Effect = $"{what} the set '{Set}'",
            Assumption = new WalkAssumption($"SET: what this rule {what} the set '{Set}' changes nothing for this packet", true),
        };
    }
}
