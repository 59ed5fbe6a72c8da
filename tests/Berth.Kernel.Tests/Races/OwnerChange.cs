namespace Berth.Kernel.Tests.Races;

/// <summary>A key of the port maps: what a packet is looked up by.</summary>
internal readonly record struct PortKey(string Host, string Protocol, int Port);

/// <summary>One call of the plugin that says, or may change, whose a port is.</summary>
/// <param name="Verb">ADD, DEL, CHECK or GC.</param>
/// <param name="Pod">Whose; of GC nobody's.</param>
/// <param name="Ports">The keys of ADD and CHECK, and the pod's ports that they lead to.</param>
/// <param name="Alive">GC's pods.</param>
internal sealed record OwnerChange(
    string Verb, int Pod, IReadOnlyDictionary<PortKey, int> Ports, IReadOnlySet<int> Alive)
{
    /// <summary>What it is for IPv6: the addresses in the keys are IPv4's.</summary>
    internal OwnerChange OfIPv6() => this with { Ports = Ports.Where(static port => port.Key.Host.Length == 0).ToDictionary() };
}

/// <summary>A call that ended well.</summary>
/// <param name="PortId">Its process.</param>
/// <param name="Change">What it said that it did.</param>
/// <param name="First">The ruleset's generation before it was started.</param>
/// <param name="Last">The generation after it had ended.</param>
internal sealed record FinishedCall(uint PortId, OwnerChange Change, uint First, uint Last);
