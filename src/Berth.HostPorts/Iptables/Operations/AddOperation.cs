using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.Netlink;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Makes a container's chains what its configuration says: reads both families, then changes one after the other, each at
/// once. iptables has no way to change both at once, so the second's failure takes the first back.
/// </summary>
internal sealed class AddOperation
{
    private readonly List<FamilyAddition> _families = [];
    private readonly Attachment _attachment;
    private readonly HostPortConfiguration _configuration;
    private readonly string? _link;

    internal AddOperation(PodLinks links, Attachment attachment, HostPortConfiguration configuration)
    {
        _attachment = attachment;
        _configuration = configuration;
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            if (ContainerRules.Make(family, attachment, configuration) is ContainerRules rules)
            {
                _families.Add(new FamilyAddition(IptablesPrograms.Installed(family), rules, configuration));
            }
        }

        _link = configuration.Snat && configuration.Mappings.Count > 0 && attachment.Addresses.V4 is { } pod
            ? links.Towards(pod)
            : null;
    }

    /// <summary>The families that it concerns.</summary>
    internal IReadOnlyList<FamilyAddition> Families => _families;

    /// <summary>
    /// Where iptables can have rules besides the tables that this is about: whoever registered last of the two flavours is
    /// met first, and of a family that the container has no longer its chain may be in either. Known once it was done.
    /// </summary>
    internal List<ChainPlace> OtherPlaces()
    {
        List<ChainPlace> places = [.. ChainSearch.Everywhere];
        foreach (FamilyAddition family in _families)
        {
            places.Remove(family.Place);
        }

        return places;
    }

    /// <summary>
    /// The same once it was done, without what may be the very table that was changed: the kernel, too, must find the chain where
    /// the programs' words put it.
    /// </summary>
    internal List<ChainPlace> PlacesToTakeFrom() => Without(OtherPlaces(), family => ChainSearch.Has(family.Place, family.Rules.Chain));

    // The same before: where they read containers' chains, the kernel must have some.
    private List<ChainPlace> PlacesToRefuseFrom() => Without(OtherPlaces(), family =>
        !family.Table.Has(ChainNames.Dnat) || ChainSearch.Has(family.Place, ChainNames.Dnat));

    private List<ChainPlace> Without(List<ChainPlace> places, Predicate<FamilyAddition> isWhereGuessed)
    {
        foreach (FamilyAddition family in _families)
        {
            if (family.IsPlaceGuessed && !isWhereGuessed(family))
            {
                places.Remove(new ChainPlace(Flavour.Nft, family.Family));
                places.Remove(new ChainPlace(Flavour.Legacy, family.Family));
            }
        }

        return places;
    }

    /// <summary>Does it.</summary>
    internal void Run()
    {
        if (_families.Count == 0)
        {
            return;
        }

        using NodeLock nodeLock = IptablesLock.Take();
        foreach (FamilyAddition family in _families)
        {
            family.Prepare();
        }

        new HeldElsewhere(_attachment, _configuration, isMetLast: false).Refuse(PlacesToRefuseFrom());

        // Opened first, so that what cannot be completed is never begun.
        using SafeFileHandle? localnet = _link is null || RouteLocalnet.Read(_link) is null or 1 ? null : RouteLocalnet.Open(_link);
        try
        {
            foreach (FamilyAddition family in _families)
            {
                family.Run();
            }

            if (localnet is not null)
            {
                RouteLocalnet.Write(localnet, _link!, 1);
            }
        }
        catch (Exception e) when (e is HostPortException or NetlinkException)
        {
            if (TakeBack() is not string failure)
            {
                throw;
            }

            string details = e is HostPortException { Details: string given } ? $"{given} " : "";
            throw new HostPortException(e.Message, $"{details}What was made before could not be taken back: {failure}", e);
        }
    }

    // Every family, for of the one that failed it may be unknown whether it was changed.
    private string? TakeBack()
    {
        string? failure = null;
        foreach (FamilyAddition family in _families)
        {
            failure = family.Undo() is string reason ? failure ?? reason : failure;
        }

        return failure;
    }
}
