using Berth.Cni;
using Berth.HostPorts.Configuration;
using Berth.Netlink;
using Berth.Netlink.Conntrack;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Host ports in tables of Berth's own, "ip berth" and "ip6 berth". The kernel holds the only state; every call is safe
/// to repeat, and safe to kill.
/// </summary>
public sealed class NftablesBackend : IHostPortBackend
{
    private readonly NfTablesConnection _connection;
    private readonly PodLinks _node = new();
    private readonly Action<string> _warn;

    private NftablesBackend(NfTablesConnection connection, Action<string> warn)
    {
        _connection = connection;
        _warn = warn;
    }

    /// <summary>Opens the backend in the calling thread's network namespace.</summary>
    /// <param name="warn">Gets what went wrong without being a reason to fail.</param>
    /// <exception cref="NetlinkException">The kernel has no netfilter netlink, or refuses.</exception>
    public static NftablesBackend Open(Action<string> warn) => new(NfTablesConnection.Open(), warn);

    /// <summary>Makes an attachment's mappings what its configuration says.</summary>
    /// <exception cref="NetlinkException">The kernel refused; nothing was changed.</exception>
    /// <exception cref="HostPortException">Something else stood in the way; nothing was changed.</exception>
    /// <exception cref="ConditionException">A condition is not understood; nothing was changed.</exception>
    public void Add(Attachment attachment, HostPortConfiguration configuration)
    {
        AddOperation operation = new(_connection, _node, attachment, configuration);
        operation.Run();
        LinkSettlement.Run(_connection, null, _warn);
        Flush(flows =>
        {
            foreach (FamilyPlan plan in operation.Plans)
            {
                UdpFlush.AfterAdd(_connection, flows, plan);
            }

            UdpFlush.AfterDelete(flows, operation.Taken);
        });
    }

    /// <summary>Removes all that an attachment owns.</summary>
    /// <exception cref="NetlinkException">The kernel refused; nothing was changed.</exception>
    /// <exception cref="HostPortException">Something else stood in the way.</exception>
    public void Delete(Attachment attachment, HostPortConfiguration configuration)
    {
        IReadOnlyList<MappingElement> removed = new DeleteOperation(_connection, _node, attachment, configuration).Run();
        LinkSettlement.Run(_connection, null, _warn);
        Flush(flows => UdpFlush.AfterDelete(flows, [.. removed, .. ConfiguredMappings.Of(_connection, attachment, configuration)]));
    }

    /// <summary>Verifies that an attachment has exactly what its configuration says.</summary>
    /// <exception cref="HostPortException">It has not.</exception>
    /// <exception cref="NetlinkException">The kernel refused to say.</exception>
    public void Check(Attachment attachment, HostPortConfiguration configuration) =>
        new CheckOperation(_connection, _node, attachment, configuration).Run();

    /// <summary>Removes what belongs to attachments of a network that are not alive.</summary>
    /// <exception cref="NetlinkException">The kernel refused; nothing was changed.</exception>
    public void Collect(string network, IReadOnlyList<CniAttachment> alive, HostPortConfiguration configuration)
    {
        ReferenceContainers reference = new(alive, configuration.CacheDirectory, _warn);
        IReadOnlyList<MappingElement> removed =
            new CollectOperation(_connection, _node, network, alive, configuration.ExcludeInterfaces, reference).Run();
        LinkSettlement.Run(_connection, null, _warn);
        Flush(flows => UdpFlush.AfterDelete(flows, removed));
    }

    /// <summary>
    /// Takes away what an attachment had here, and what the reference plugin's nftables backend has of its ports: another
    /// backend serves it now.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="HostPortException">Something else stood in the way.</exception>
    public void TakeOver(Attachment attachment, HostPortConfiguration configuration)
    {
        new DeleteOperation(_connection, _node, attachment, configuration).Run();
        IReadOnlyList<MappingElement> taken =
            new ReferenceTakeoverOperation(_connection, _node, attachment, configuration).Run();
        LinkSettlement.Run(_connection, null, _warn);
        Flush(flows => UdpFlush.AfterDelete(flows, taken));
    }

    /// <summary>Whether <see cref="RefuseHeldPorts"/> can refuse any of a configuration's ports at all.</summary>
    public static bool MayRefuse(HostPortConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.OnConflict == ConflictRule.Fail || Newcomer.MayTakeParts(configuration);
    }

    /// <summary>
    /// Refuses ports that another attachment has here, for one that another backend serves: all of them with
    /// "onConflict": "fail", and else those that must not be taken over.
    /// </summary>
    /// <exception cref="HostPortException">There is one; nothing was changed.</exception>
    public void RefuseHeldPorts(Attachment attachment, HostPortConfiguration configuration) =>
        new HeldInTables(_connection, _node, attachment, configuration).Refuse();

    /// <summary>Returns when ADD could work now, as far as that can be known without a pod.</summary>
    /// <exception cref="NetlinkException">It could not: no nf_tables, or no privilege.</exception>
    /// <exception cref="ConditionException">It could not: a condition is not understood.</exception>
    /// <exception cref="HostPortException">It could not for another reason.</exception>
    public void Probe(HostPortConfiguration configuration)
    {
        _connection.Generation();
        FamilyPlan.CheckConditions(configuration);
        Attempts.Run(() => WouldBeWhole(NfFamily.Ip) && (!IPv6Support.IsPresent() || WouldBeWhole(NfFamily.Ip6)));
        if (configuration.Snat)
        {
            RouteLocalnet.Probe(static () => NodeLock.Probe(NodeTurn.Path));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _node.Dispose();
        _connection.Dispose();
    }

    // What the first ADD would make: nf_tables may be there, and its modules for NAT, fib or masquerading not.
    private bool WouldBeWhole(NfFamily family)
    {
        Generation generation = _connection.Generation();
        SchemaState schema = new(new BerthTable(family), null);
        schema.Read(_connection, chains: true);
        schema.ReadRules(_connection);
        Transaction transaction = new();
        schema.Repair(transaction);
        try
        {
            return _connection.Check(transaction, generation);
        }
        catch (NetlinkErrorException e) when (e.Errno is Errno.NoEntry or Errno.NotSupported)
        {
            throw new HostPortException($"nf_tables of this kernel lacks what host ports need: {e.Message}", NfTablesSupport.Needed, e);
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
