using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts;

/// <summary>
/// What an attachment wants in one family, against what is held in other places than the one that serves it. What it covers it
/// takes; of what it would take a part of it takes nothing while the holder is alive, and is refused.
/// </summary>
internal sealed class Newcomer
{
    private readonly HostPortConfiguration _configuration;
    private readonly List<PortClaim> _claims = [];
    private readonly LivingContainers _living;
    private readonly bool _hasConditions;
    private readonly bool _isMetLast;

    private Newcomer(AddressFamily family, string network, HostPortConfiguration configuration, bool isMetLast)
    {
        _configuration = configuration;
        _living = new LivingContainers(configuration.CacheDirectory, network);
        _hasConditions = configuration.Conditions(family) is not null;
        _isMetLast = isMetLast;
        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (mapping.HostIP is null || mapping.HostIP.AddressFamily == family)
            {
                _claims.Add(new PortClaim(mapping.HostIP, (byte)mapping.Protocol, mapping.HostPorts));
            }
        }
    }

    /// <summary>Null when the attachment has no address of that family, or wants no port.</summary>
    /// <param name="family">The family.</param>
    /// <param name="attachment">The attachment.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="isMetLast">
    /// Whether all that is held is met before: then a mapping of one address is right to win there against a wanted one of any,
    /// and one under conditions where they hold.
    /// </param>
    internal static Newcomer? Make(
        AddressFamily family, Attachment attachment, HostPortConfiguration configuration, bool isMetLast) =>
        !attachment.Addresses.Has(family) || configuration.Mappings.Count == 0
            ? null
            : new Newcomer(family, attachment.Id.Network, configuration, isMetLast);

    /// <summary>Whether it takes nothing at all ("onConflict": "fail").</summary>
    internal bool TakesNothing => _configuration.OnConflict == ConflictRule.Fail;

    /// <summary>Whether some of a configuration's mappings can take a part of what is held: none of most pods'.</summary>
    internal static bool MayTakeParts(HostPortConfiguration configuration)
    {
        bool may = configuration.ConditionsV4 is not null || configuration.ConditionsV6 is not null;
        foreach (PortMapping mapping in configuration.Mappings)
        {
            may |= mapping.HostIP is not null;
        }

        return may;
    }

    /// <summary>What it would take from what is held.</summary>
    /// <param name="held">What is held.</param>
    /// <param name="isOfNetwork">Whether the network holds it, whose ports are one pod's whatever its conditions were.</param>
    /// <param name="isConditional">Whether it is known to be held under conditions.</param>
    internal ClaimOverlap Over(PortClaim held, bool isOfNetwork, bool isConditional = false)
    {
        ClaimOverlap most = ClaimOverlap.None;
        foreach (PortClaim claim in _claims)
        {
            ClaimOverlap overlap = claim.Over(held, _hasConditions && !isOfNetwork);
            bool isPart = (held.Host is not null && claim.Host is null) || (isConditional && !isOfNetwork && !_hasConditions);
            if (overlap != ClaimOverlap.None && _isMetLast && isPart)
            {
                overlap = ClaimOverlap.Beside;
            }

            most = overlap > most ? overlap : most;
        }

        return most;
    }

    /// <summary>Whether a container of the reference plugin's, whose rules say no network, is known to be of this one's.</summary>
    /// <param name="container">Its CNI_CONTAINERID.</param>
    /// <param name="network">The newcomer's network.</param>
    internal bool IsOfNetwork(string container, string network) => _hasConditions && _living.IsOnlyIn(container, network);

    /// <summary>Whether what is held goes to the newcomer, if that is of those who take.</summary>
    /// <param name="overlap">What would be taken.</param>
    /// <param name="container">How the holder's CNI_CONTAINERID begins; null when nobody knows.</param>
    /// <param name="network">The holder's network; null when nobody knows.</param>
    internal bool Takes(ClaimOverlap overlap, string? container, string? network) => overlap switch
    {
        ClaimOverlap.Covered => true,
        ClaimOverlap.Partial => _living.IsGone(container, network),
        ClaimOverlap.Beside => !TakesNothing && _living.IsGone(container, network),
        _ => false,
    };
}
