namespace Berth.Inspection;

/// <summary>The ports that a match of TCP or UDP asks for.</summary>
internal readonly record struct PortPair(PortTest Source, PortTest Destination)
{
    internal static PortPair Any => new(PortTest.Any, PortTest.Any);

    /// <summary>
    /// Whether "! --sport A ! --dport B" is one comparison, which all packets meet that have not both: so iptables' nft
    /// flavour writes it (1.8.9), and prints it as if each were asked for by itself.
    /// </summary>
    internal bool IsOneComparison { get; init; }

    internal bool Passes(WalkPacket packet)
    {
        bool source = Source.Passes(packet.SourcePort);
        bool destination = Destination.Passes(packet.DestinationPort);
        return IsOneComparison ? source || destination : source && destination;
    }

    internal void Print(SavedText text)
    {
        Source.Print(text, "--sport");
        Destination.Print(text, "--dport");
    }
}
