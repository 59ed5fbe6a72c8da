using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Refuses ports that a container's chain has where an attachment is not served: in iptables when nftables serves it, in the
/// other flavour when iptables does. The kernel says what is there, so that programs which are missing hide nothing.
/// </summary>
internal sealed class HeldElsewhere
{
    private const string Remedy =
        "The programs that could take it over are not installed, and a mapping of the same port would never be reached. Install "
        + "iptables of the flavour that is named, remove the holder, or choose another hostPort or hostIP.";

    private readonly Attachment _attachment;
    private readonly HostPortConfiguration _configuration;
    private readonly bool _isMetLast;
    private readonly bool _looksEverywhere;

    /// <param name="attachment">Who wants ports.</param>
    /// <param name="configuration">Which; with "onConflict": "replace" only what cannot be taken over is refused.</param>
    /// <param name="isMetLast">Whether what serves them is met after all of iptables.</param>
    internal HeldElsewhere(Attachment attachment, HostPortConfiguration configuration, bool isMetLast)
    {
        _attachment = attachment;
        _configuration = configuration;
        _isMetLast = isMetLast;
        _looksEverywhere = configuration.OnConflict == ConflictRule.Fail || Newcomer.MayTakeParts(configuration);
    }

    /// <summary>Looks for them.</summary>
    /// <param name="places">Where to look.</param>
    /// <exception cref="HostPortException">There is one, or it cannot be read; nothing was changed.</exception>
    internal void Refuse(IReadOnlyList<ChainPlace> places)
    {
        foreach (ChainPlace place in Find(places))
        {
            // Of the nft flavour the kernel itself removes what it is told to.
            bool canBeChanged = place.Flavour == Flavour.Nft || IptablesPrograms.Of(place.Family, place.Flavour) is not null;
            if ((_looksEverywhere || !canBeChanged)
                && Newcomer.Make(place.Family, _attachment, _configuration, _isMetLast) is Newcomer newcomer)
            {
                Refuse(place, newcomer, canBeChanged);
            }
        }
    }

    private void Refuse(ChainPlace place, Newcomer newcomer, bool canBeChanged)
    {
        AttachmentId id = _attachment.Id;
        string own = ChainNames.OfContainer(id.Network, id.ContainerId);
        NatTable table = Read(place, own);
        foreach (ContainerJump jump in ContainerJump.All(table))
        {
            bool isOwn = jump.Chain == own;
            foreach (MappingElement held in isOwn && canBeChanged ? [] : SavedMappings.Of(table, jump.Chain))
            {
                ClaimOverlap overlap = newcomer.Over(held.Claim, jump.IsOf(id.Network), jump.HasConditions);
                if (isOwn && IsWanted(held, place.Family))
                {
                    continue;
                }

                if (overlap > ClaimOverlap.Beside && !canBeChanged && (isOwn || !newcomer.TakesNothing))
                {
                    throw Conflicts.Refusal(held, $"{jump.Holder} in {place.Name}", Remedy);
                }

                Conflicts.Refuse(newcomer, overlap, held, jump.Container, jump.Network, jump.Holder);
            }
        }
    }

    // The container's own rules of before lead where they should.
    private bool IsWanted(MappingElement held, AddressFamily family)
    {
        foreach (MappingElement wanted in ContainerRules.Make(family, _attachment, _configuration)?.Mappings ?? [])
        {
            if (wanted.Protocol == held.Protocol && wanted.HostPort == held.HostPort && wanted.ContainerPort == held.ContainerPort
                && wanted.Pod.Equals(held.Pod))
            {
                return true;
            }
        }

        return false;
    }

    private IReadOnlyList<ChainPlace> Find(IReadOnlyList<ChainPlace> places)
    {
        if (_configuration.OnConflict == ConflictRule.Fail)
        {
            return ChainSearch.FindContainers(places);
        }

        List<ChainPlace> nft = [];
        List<ChainPlace> all = [];
        foreach (ChainPlace place in places)
        {
            if (place.Flavour == Flavour.Legacy)
            {
                all.Add(place);
            }
            else if (_looksEverywhere)
            {
                nft.Add(place);
                all.Add(place);
            }
        }

        try
        {
            return ChainSearch.FindContainers(all);
        }
        catch (HostPortException)
        {
            // Who may not look may not take over either, and hears of it then: most often there is nothing.
            return ChainSearch.FindContainers(nft);
        }
    }

    private static NatTable Read(ChainPlace place, string chain) => place.ReadOutline([chain])
        ?? IptablesPrograms.Of(place.Family, place.Flavour)?.Read(chain)
        ?? throw new HostPortException($"the nat table of {place.Name} changes too often to be read");
}
