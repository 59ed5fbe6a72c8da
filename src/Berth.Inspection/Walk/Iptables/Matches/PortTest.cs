using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Ports from one to another (--sport, --dport).</summary>
internal readonly record struct PortTest(PortInterval Ports, bool IsInverted)
{
    private static readonly PortInterval All = new(0, ushort.MaxValue);

    /// <summary>Every port: what the kernel's structures hold when no ports are asked for.</summary>
    internal static PortTest Any => new(All, false);

    internal bool IsAny => Ports == All && !IsInverted;

    internal bool Passes(ushort port) => (port >= Ports.First && port <= Ports.Last) ^ IsInverted;

    /// <summary>Writes the option, which is left out for every port.</summary>
    internal void Print(SavedText text, string option)
    {
        if (!IsAny)
        {
            text.Option(IsInverted, option, Text(Ports));
        }
    }

    internal static string Text(PortInterval ports) =>
        ports.First == ports.Last ? $"{ports.First}" : $"{ports.First}:{ports.Last}";
}
