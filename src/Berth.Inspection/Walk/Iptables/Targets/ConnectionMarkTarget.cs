namespace Berth.Inspection;

/// <summary>What CONNMARK does.</summary>
internal enum ConnectionMarkOperation
{
    Set = 0,
    Save = 1,
    Restore = 2,
}

/// <summary>
/// Changes the connection's mark, or takes it over from or to the packet's (struct xt_connmark_tginfo1 and 2).
/// </summary>
/// <param name="Operation">Which of the three.</param>
/// <param name="Value">The value of <see cref="ConnectionMarkOperation.Set"/>.</param>
/// <param name="ConnectionMask">Bits of the connection's mark.</param>
/// <param name="PacketMask">Bits of the packet's mark.</param>
internal sealed record ConnectionMarkTarget(ConnectionMarkOperation Operation, uint Value, uint ConnectionMask, uint PacketMask)
    : IptablesTarget
{
    /// <summary>Bits by which it is moved to the left; negative to the right.</summary>
    internal int Shift { get; init; }

    internal static ConnectionMarkTarget? Parse(RuleOptions options)
    {
        ConnectionMarkOperation operation = ConnectionMarkOperation.Set;
        uint value = 0;
        uint connectionMask = uint.MaxValue;
        uint packetMask = uint.MaxValue;
        int shift = 0;
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--set-xmark":
                    (value, connectionMask) = options.Masked();
                    break;
                case "--set-mark":
                    (value, uint mask) = options.Masked();
                    connectionMask = value | mask;
                    break;
                case "--or-mark":
                    value = connectionMask = options.Number();
                    break;
                case "--and-mark":
                    connectionMask = ~options.Number();
                    break;
                case "--xor-mark":
                    (value, connectionMask) = (options.Number(), 0);
                    break;
                case "--save-mark":
                    operation = ConnectionMarkOperation.Save;
                    break;
                case "--restore-mark":
                    operation = ConnectionMarkOperation.Restore;
                    break;
                case "--mask":
                    connectionMask = packetMask = options.Number();
                    break;
                case "--nfmask":
                    packetMask = options.Number();
                    break;
                case "--ctmask":
                    connectionMask = options.Number();
                    break;
                case "--left-shift-mark":
                    shift = (int)options.Byte();
                    break;
                case "--right-shift-mark":
                    shift = -options.Byte();
                    break;
                default:
                    return null;
            }
        }

        return new ConnectionMarkTarget(operation, value, connectionMask, operation == ConnectionMarkOperation.Set ? 0 : packetMask)
        {
            Shift = shift,
        };
    }

    internal static ConnectionMarkTarget? Read(ExtensionStructure s)
    {
        if (!s.Is(1, 13) && !s.Is(2, 15))
        {
            return null;
        }

        // struct xt_connmark_tginfo2 has a direction and a number of bits before the mode.
        byte mode = s.Byte(s.Revision == 1 ? 12 : 14);
        int shift = s.Revision == 1 ? 0 : s.Byte(12) == 0 ? s.Byte(13) : -s.Byte(13);
        if (mode > (int)ConnectionMarkOperation.Restore)
        {
            return null;
        }

        ConnectionMarkOperation operation = (ConnectionMarkOperation)mode;
        bool isSet = operation == ConnectionMarkOperation.Set;
        return new ConnectionMarkTarget(operation, isSet ? s.UInt32(0) : 0, s.UInt32(4), isSet ? 0 : s.UInt32(8)) { Shift = shift };
    }

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("CONNMARK");
        if (Operation == ConnectionMarkOperation.Set)
        {
            text.Option(false, "--set-xmark", $"{SavedText.Hex(Value)}/{SavedText.Hex(ConnectionMask)}");
        }
        else
        {
            text.Word(Operation == ConnectionMarkOperation.Save ? "--save-mark" : "--restore-mark");
            text.Word("--nfmask").Word(SavedText.Hex(PacketMask)).Word("--ctmask").Word(SavedText.Hex(ConnectionMask));
        }

        if (Shift != 0)
        {
            text.Option(Shift > 0 ? "--left-shift-mark" : "--right-shift-mark", (ulong)Math.Abs(Shift));
        }
    }

    /// <summary>connmark_tg_shift(): nothing happens to what has no connection.</summary>
    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        if (!packet.IsTracked)
        {
            return RuleOutcome.NoMatch(packet);
        }

        if (Operation == ConnectionMarkOperation.Restore)
        {
            uint mark = (packet.Mark & ~PacketMask) ^ Shifted(packet.ConnectionMark & ConnectionMask);
            return new RuleOutcome(packet with { Mark = mark }, WalkVerdict.Continue)
            {
                Effect = $"sets the mark to {SavedText.Hex(mark)}, the connection's",
            };
        }

        uint connection = Operation == ConnectionMarkOperation.Set
            ? Shifted((packet.ConnectionMark & ~ConnectionMask) ^ Value)
            : (packet.ConnectionMark & ~ConnectionMask) ^ Shifted(packet.Mark & PacketMask);
        return new RuleOutcome(packet with { ConnectionMark = connection }, WalkVerdict.Continue)
        {
            Effect = $"sets the connection's mark to {SavedText.Hex(connection)}",
        };
    }

    private uint Shifted(uint mark) => Shift >= 0 ? mark << Shift : mark >> -Shift;
}
