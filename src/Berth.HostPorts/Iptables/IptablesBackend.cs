using System.Net.Sockets;
using Berth.Cni;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.Netlink.Conntrack;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Host ports in the reference plugin's own chains of table nat, rule by rule as it makes them, through whichever iptables
/// is installed. The kernel holds the only state. What is removed, or in the way, is found in both flavours of iptables,
/// without running a program where there is nothing.
/// </summary>
public sealed class IptablesBackend : IHostPortBackend
{
    private readonly PodLinks _node = new();
    private readonly Action<string> _warn;

    private IptablesBackend(Action<string> warn) => _warn = warn;

    /// <summary>Opens the backend in the calling thread's network namespace.</summary>
    /// <param name="warn">Gets what went wrong without being a reason to fail.</param>
    public static IptablesBackend Open(Action<string> warn) => new(warn);

    /// <inheritdoc/>
    public void Add(Attachment attachment, HostPortConfiguration configuration)
    {
        AddOperation operation = new(_node, attachment, configuration);
        operation.Run();
        foreach (FamilyAddition family in operation.Families)
        {
            if (family.Hidden is string hidden)
            {
                _warn(hidden);
            }
        }

        TakeOverFromOthers(attachment, configuration, operation.PlacesToTakeFrom());
        Flush(flows =>
        {
            foreach (FamilyAddition family in operation.Families)
            {
                UdpFlush.AfterAdd(flows, family);
            }
        });
    }

    /// <inheritdoc/>
    public void Delete(Attachment attachment, HostPortConfiguration configuration)
    {
        AttachmentId id = attachment.Id;
        string[] chains =
        [
            ChainNames.OfContainer(id.Network, id.ContainerId),
            ChainNames.OldSnatOfContainer(id.Network, id.ContainerId),
        ];
        Remove((_, table, removed) => Removal.Make(table, chains, removed), chains, ChainSearch.Find(chains));
    }

    /// <inheritdoc/>
    public void Check(Attachment attachment, HostPortConfiguration configuration) =>
        new CheckOperation(attachment, configuration).Run();

    /// <inheritdoc/>
    public void Collect(string network, IReadOnlyList<CniAttachment> alive, HostPortConfiguration configuration)
    {
        DeadContainers dead = new(network, alive);
        Remove(
            (_, table, removed) => Removal.Make(table, dead.Chains(table), removed),
            [],
            ChainSearch.Find(ChainNames.Dnat, ChainNames.OldSnat));
    }

    /// <summary>
    /// Takes from all containers' chains the ports that an attachment has in another backend, whose rules come later than
    /// iptables' own: what an earlier plugin left would keep them.
    /// </summary>
    /// <exception cref="HostPortException">It could not be done.</exception>
    public void TakeOver(Attachment attachment, HostPortConfiguration configuration) =>
        TakeOver(attachment, configuration, ChainSearch.Everywhere, isMetLast: true);

    /// <summary>
    /// Refuses ports that another container's chain has, for an attachment that another backend serves: all of them with
    /// "onConflict": "fail", and else those that could not, or must not, be taken over.
    /// </summary>
    /// <exception cref="HostPortException">There is one, or it cannot be read; nothing was changed.</exception>
    public static void RefuseHeldPorts(Attachment attachment, HostPortConfiguration configuration) =>
        new HeldElsewhere(attachment, configuration, isMetLast: true).Refuse(ChainSearch.Everywhere);

    /// <inheritdoc/>
    public void Probe(HostPortConfiguration configuration)
    {
        IptablesPrograms v4 = IptablesPrograms.Installed(AddressFamily.InterNetwork);
        NatTable table = v4.ReadWhole();
        IptablesLock.Probe();
        if (configuration.Snat)
        {
            RouteLocalnet.Probe(static () => { });
        }

        // A pod of IPv6 alone asks nothing of the other family's table.
        IptablesPrograms? v6 = IptablesPrograms.Of(AddressFamily.InterNetworkV6);
        if (ExternalChain.Missing(table, configuration, "iptables") is HostPortException missing
            && (v6 is null || !v6.ReadWhole().Has(configuration.ExternalSetMarkChain!)))
        {
            throw missing;
        }

        HostPortException? refused = ConditionsProbe.Refused(v4, table, configuration);
        if (refused is null && v6 is not null && configuration.ConditionsV6 is not null && IPv6Support.IsPresent())
        {
            refused = ConditionsProbe.Refused(v6, v6.ReadWhole(), configuration);
        }

        if (refused is not null)
        {
            throw refused;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _node.Dispose();

    private void TakeOver(
        Attachment attachment, HostPortConfiguration configuration, IReadOnlyList<ChainPlace> places, bool isMetLast) => Remove(
        (family, table, removed) =>
            Takeover.Make(table, Newcomer.Make(family, attachment, configuration, isMetLast), attachment.Id, removed),
        OwnChain(attachment),
        FindOthers(attachment, places));

    // Of a family that the attachment has nothing in only its own chain matters, and no program is to read others' for it.
    private static List<ChainPlace> FindOthers(Attachment attachment, IReadOnlyList<ChainPlace> places)
    {
        List<ChainPlace> found = [];
        foreach (ChainPlace place in ChainSearch.FindContainers(places))
        {
            if (attachment.Addresses.Has(place.Family) || ChainSearch.Has(place, OwnChain(attachment)[0]))
            {
                found.Add(place);
            }
        }

        return found;
    }

    // The pod has its ports by now, but for those that other rules keep: worth a warning, not the pod.
    private void TakeOverFromOthers(Attachment attachment, HostPortConfiguration configuration, IReadOnlyList<ChainPlace> places)
    {
        try
        {
            TakeOver(attachment, configuration, places, isMetLast: false);
        }
        catch (Exception e) when (e is HostPortException or NetlinkException)
        {
            _warn($"rules of iptables that were made before, in its other flavour or family, may keep some of the ports: {e.Message}");
        }
    }

    private static string[] OwnChain(Attachment attachment) => [ChainNames.OfContainer(attachment.Id.Network, attachment.Id.ContainerId)];

    private void Remove(RemovalPlan plan, IReadOnlyList<string> chains, IReadOnlyList<ChainPlace> places)
    {
        IReadOnlyList<MappingElement> removed = new RemoveOperation(plan, chains, _warn).Run(places);
        if (removed.Count > 0)
        {
            Flush(flows => Nftables.UdpFlush.AfterDelete(flows, removed));
        }
    }

    // New flows go the right way already, and old ones end by themselves: no reason to fail a pod.
    private void Flush(Action<StaleUdpFlows> flush)
    {
        try
        {
            using StaleUdpFlows flows = new(_node);
            flush(flows);
        }
        catch (NetlinkErrorException e) when (ConntrackConnection.IsMissing(e))
        {
            // Without connection tracking in netlink there is nothing to ask; NAT works without it.
        }
        catch (NetlinkException e)
        {
            _warn($"stale UDP flows may go on for a while: {e.Message}");
        }
    }
}
