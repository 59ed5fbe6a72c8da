using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Takes from containers' chains the mappings, with what marks their packets, that would come before those of another backend
/// or flavour: the newest owner of a port has it, see <see cref="Newcomer"/>. A container's jump stays, for its other ports, and
/// its DEL finds everything as it expects.
/// </summary>
internal static class Takeover
{
    /// <summary>The input that does it; empty when there is nothing in the way.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="newcomer">The new owner; null where it has nothing in this family, and only its own chain goes.</param>
    /// <param name="id">Which attachment that is.</param>
    /// <param name="taken">Gets the mappings that are taken.</param>
    internal static RestoreInput Make(NatTable table, Newcomer? newcomer, AttachmentId id, List<MappingElement> taken)
    {
        string own = ChainNames.OfContainer(id.Network, id.ContainerId);
        RestoreInput input = Removal.Make(table, [own], taken);
        foreach (ContainerJump jump in newcomer is null ? [] : ContainerJump.All(table))
        {
            bool isOfNetwork = jump.IsOf(id.Network);
            foreach (SavedRule rule in jump.Chain == own ? [] : table.Rules(jump.Chain))
            {
                // Those that mark too: the packets are the new owner's, who wants them masqueraded or not.
                if (SavedMappings.ReadPort(rule) is not (var host, byte protocol, ushort port)
                    || !newcomer!.Takes(
                        newcomer.Over(new PortClaim(host, protocol, PortBlock.One(port)), isOfNetwork, jump.HasConditions),
                        jump.Container,
                        jump.Network))
                {
                    continue;
                }

                input.Delete(jump.Chain, rule);
                if (SavedMappings.Read(rule) is MappingElement mapping)
                {
                    taken.Add(mapping);
                }
            }
        }

        return input;
    }
}
