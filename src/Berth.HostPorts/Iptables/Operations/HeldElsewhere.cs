using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Refuses ports that a container's chain has where an attachment is not served: in iptables when nftables serves it, in the
/// other flavour when iptables does. The kernel says what is there, so that programs which are missing hide nothing.
/// </summary>
internal static class HeldElsewhere
{
    private const string Remedy =
        "The programs that could take it over are not installed, and a mapping of the same port would never be reached. Install "
        + "iptables of the flavour that is named, remove the holder, or choose another hostPort or hostIP.";

    /// <summary>Looks for them.</summary>
    /// <param name="places">Where to look.</param>
    /// <param name="attachment">Who wants ports.</param>
    /// <param name="configuration">Which; with "onConflict": "replace" only what cannot be taken over is refused.</param>
    /// <exception cref="HostPortException">There is one, or it cannot be read; nothing was changed.</exception>
    internal static void Refuse(IReadOnlyList<ChainPlace> places, Attachment attachment, HostPortConfiguration configuration)
    {
        bool mayTakeOver = configuration.OnConflict != ConflictRule.Fail;

        // Of the nft flavour the kernel itself removes what it is told to.
        foreach (ChainPlace place in mayTakeOver ? FindLegacy(places) : ChainSearch.FindContainers(places))
        {
            if (ContainerRules.Make(place.Family, attachment, configuration) is not ContainerRules rules
                || (mayTakeOver && IptablesPrograms.Of(place.Family, place.Flavour) is not null)
                || HeldPorts.Find(Read(place, rules.Chain), rules, areMetFirst: true) is not (MappingElement held, string holder))
            {
                continue;
            }

            throw mayTakeOver
                ? Conflicts.Refusal(held, $"{holder} in iptables ({place.Flavour}, {place.Family})", Remedy)
                : Conflicts.Refusal(held, holder);
        }
    }

    private static IReadOnlyList<ChainPlace> FindLegacy(IReadOnlyList<ChainPlace> places)
    {
        List<ChainPlace> legacy = [];
        foreach (ChainPlace place in places)
        {
            if (place.Flavour == Flavour.Legacy)
            {
                legacy.Add(place);
            }
        }

        try
        {
            return ChainSearch.FindContainers(legacy);
        }
        catch (HostPortException)
        {
            // Who may not look may not take over either, and hears of it then: most often there is nothing.
            return [];
        }
    }

    private static NatTable Read(ChainPlace place, string chain) => place.ReadOutline([chain])
        ?? IptablesPrograms.Of(place.Family, place.Flavour)?.Read(chain)
        ?? throw new HostPortException($"the nat table of iptables ({place.Flavour}, {place.Family}) changes too often to be read");
}
