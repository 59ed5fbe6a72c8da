namespace Berth.Inspection;

/// <summary>Lets a program decide (NFQUEUE; struct xt_NFQ_info to _v3).</summary>
internal sealed record QueueTarget(ushort First, ushort Count, bool IsBypass, bool IsCpuFanout) : IptablesTarget
{
    private const int Bypass = 1;
    private const int CpuFanout = 2;

    /// <summary>QUEUE of iptables-legacy, a verdict of its own.</summary>
    internal static QueueTarget Old { get; } = new(0, 1, false, false) { IsOld = true };

    /// <summary>Whether it is written as QUEUE.</summary>
    internal bool IsOld { get; init; }

    internal static QueueTarget? Parse(RuleOptions options)
    {
        QueueTarget target = new(0, 1, false, false);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--queue-num":
                    target = target with { First = options.Short() };
                    break;
                case "--queue-balance":
                    (ushort first, ushort last) = options.Ports();
                    target = target with { First = first, Count = (ushort)(last - first + 1) };
                    break;
                case "--queue-bypass":
                    target = target with { IsBypass = true };
                    break;
                case "--queue-cpu-fanout":
                    target = target with { IsCpuFanout = true };
                    break;
                default:
                    return null;
            }
        }

        return target;
    }

    internal static QueueTarget? Read(ExtensionStructure s)
    {
        if (s.Revision > 3 || s.Info.Length < 2 * Math.Min(s.Revision + 1, 3))
        {
            return null;
        }

        int flags = s.Revision >= 2 ? s.UInt16(4) : 0;
        return new QueueTarget(
            s.UInt16(0),
            s.Revision >= 1 ? s.UInt16(2) : (ushort)1,
            s.Revision == 2 ? flags != 0 : (flags & Bypass) != 0,
            s.Revision == 3 && (flags & CpuFanout) != 0);
    }

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word(IsOld ? "QUEUE" : "NFQUEUE");
        if (IsOld)
        {
            return;
        }

        if (Count > 1)
        {
            text.Option(false, "--queue-balance", $"{First}:{First + Count - 1}");
        }
        else
        {
            text.Option("--queue-num", First);
        }

        text.Flag(IsBypass, "--queue-bypass");
        text.Flag(IsCpuFanout, "--queue-cpu-fanout");
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        PacketQueues.Hand(packet, node, First, Count, IsBypass);
}
