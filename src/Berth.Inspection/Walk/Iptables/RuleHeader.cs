using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>What a rule asks without any match (struct ipt_ip and ip6t_ip6).</summary>
internal sealed record RuleHeader(AddressFamily Family)
{
    internal AddressTest? Source { get; init; }

    internal AddressTest? Destination { get; init; }

    internal InterfaceTest? InInterface { get; init; }

    internal InterfaceTest? OutInterface { get; init; }

    /// <summary>The transport protocol; null for any.</summary>
    internal byte? Protocol { get; init; }

    internal bool IsProtocolInverted { get; init; }

    /// <summary>Whether it asks for second and later fragments, or for what is none; null when it does not care.</summary>
    internal bool? IsFragment { get; init; }

    /// <summary>Whether a packet meets it. Nothing in it is ever unknown: a walk's packets are no fragments.</summary>
    internal bool Passes(WalkPacket packet) =>
        packet.Family == Family
        && (Source is not AddressTest source || source.Passes(packet.Source))
        && (Destination is not AddressTest destination || destination.Passes(packet.Destination))
        && (InInterface is not InterfaceTest input || input.Passes(packet.InInterface))
        && (OutInterface is not InterfaceTest output || output.Passes(packet.OutInterface))
        && (Protocol is not byte protocol || (protocol == packet.Protocol) ^ IsProtocolInverted)
        && IsFragment != true;

    /// <summary>Writes it in the order of iptables-save.</summary>
    internal void Print(SavedText text)
    {
        if (Source is AddressTest source)
        {
            text.Option(source.IsInverted, "-s", source.Text);
        }

        if (Destination is AddressTest destination)
        {
            text.Option(destination.IsInverted, "-d", destination.Text);
        }

        if (InInterface is InterfaceTest input)
        {
            text.Option(input.IsInverted, "-i", input.Pattern);
        }

        if (OutInterface is InterfaceTest output)
        {
            text.Option(output.IsInverted, "-o", output.Pattern);
        }

        if (Protocol is byte protocol)
        {
            text.Option(IsProtocolInverted, "-p", ProtocolNames.Text(protocol));
        }

        if (IsFragment is bool isFragment)
        {
            text.Flag(!isFragment, "!");
            text.Word("-f");
        }
    }
}
