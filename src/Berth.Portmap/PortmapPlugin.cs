using Berth.Cni;
using Berth.HostPorts;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.Portmap;

/// <summary>The verbs of the portmap plugin.</summary>
internal sealed class PortmapPlugin : ICniPlugin
{
    private readonly Action<string> _warn;

    internal PortmapPlugin(Action<string> warn) => _warn = warn;

    public CniResult Add(CniRequest request)
    {
        HostPortConfiguration configuration = Parse(request);
        CniResult result = request.PrevResult ?? throw CniException.Internal(
            "must be called as chained plugin",
            "prevResult is missing: in the network's list of plugins, portmap stands behind the one that makes the interface");
        if (configuration.Mappings.Count > 0)
        {
            Attachment attachment = Attachment.From(request);
            UnservedMappings.Warn(configuration, attachment.Addresses, _warn);
            Backend used = Use(configuration, backend =>
            {
                using IDisposable? turn = ConflictTurn.Take(configuration);
                Elsewhere.Refuse(backend, attachment, configuration);
                backend.Add(attachment, configuration);
            });
            new Elsewhere(_warn).TakeOver(used, attachment, configuration);
        }

        return result;
    }

    public void Del(CniRequest request)
    {
        HostPortConfiguration configuration = HostPortConfiguration.ParseForDelete(request.Config);
        Attachment attachment = Attachment.From(request);
        UseAll(backend => backend.Delete(attachment, configuration));
    }

    public void Check(CniRequest request)
    {
        HostPortConfiguration configuration = HostPortConfiguration.Parse(request.Config);
        if (request.PrevResult is null)
        {
            throw CniException.Internal(
                "Required prevResult missing", "prevResult is missing: CHECK gets what the ADD of all plugins printed last");
        }

        Attachment attachment = Attachment.From(request);
        Use(configuration, backend => backend.Check(attachment, configuration));
    }

    public void Gc(CniRequest request)
    {
        // Without a list nothing is said about who is alive, which is not the same as nobody.
        if (request.ValidAttachments is IReadOnlyList<CniAttachment> alive)
        {
            HostPortConfiguration configuration = HostPortConfiguration.ParseForDelete(request.Config);
            UseAll(backend => backend.Collect(request.NetworkName, alive, configuration));
        }
    }

    public void Status(CniRequest request)
    {
        Failures.AsNotAvailable(() =>
        {
            HostPortConfiguration configuration = HostPortConfiguration.Parse(request.Config);
            using IHostPortBackend backend = Open(BackendRule.Choose(configuration));
            backend.Probe(configuration);
            ConflictTurn.Probe(configuration);
        });
    }

    // The reference says this of ADD, and only of ADD; people search for it.
    private static HostPortConfiguration Parse(CniRequest request)
    {
        try
        {
            return HostPortConfiguration.Parse(request.Config);
        }
        catch (CniException e)
        {
            throw new CniException(e.Code, $"failed to parse config: {e.Message}", e.Details, e);
        }
    }

    private Backend Use(HostPortConfiguration configuration, Action<IHostPortBackend> action)
    {
        Backend chosen = Backend.Auto;
        Failures.AsCniErrors(() =>
        {
            chosen = BackendRule.Choose(configuration);
            using IHostPortBackend backend = Open(chosen);
            action(backend);
        });
        return chosen;
    }

    // What is to go may be in either: the configuration may have changed since, or another version have made it. The
    // failure of one keeps the other from nothing.
    private void UseAll(Action<IHostPortBackend> action)
    {
        CniException? failure = null;
        foreach (Backend name in (Backend[])[Backend.Nftables, Backend.Iptables])
        {
            try
            {
                Failures.AsCniErrors(() =>
                {
                    using IHostPortBackend backend = Open(name);
                    action(backend);
                });
            }
            catch (CniException e)
            {
                bool isAbsent = name == Backend.Nftables && e.InnerException is NetlinkErrorException error
                    && NfTablesSupport.IsMissing(error) && !NfTablesSupport.IsPresent();
                failure ??= isAbsent ? null : e;
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private IHostPortBackend Open(Backend backend) => backend == Backend.Iptables
        ? IptablesBackend.Open(_warn)
        : NftablesBackend.Open(_warn);
}
