using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Iptables;

/// <summary>The chain of somebody else's that is to mark packets: Berth jumps to it, and does not make it.</summary>
internal static class ExternalChain
{
    /// <summary>Why an ADD cannot work when the chain is needed and missing; null when it is not so.</summary>
    internal static HostPortException? Missing(NatTable table, HostPortConfiguration configuration, string programs) =>
        SharedRules.ExternalChain(configuration) is string external && !table.Has(external)
            ? new HostPortException(
                $"externalSetMarkChain: there is no chain \"{external}\" in table nat of {programs}",
                "Whoever owns the chain makes it; until then, leave the key out and Berth marks packets itself.")
            : null;
}
