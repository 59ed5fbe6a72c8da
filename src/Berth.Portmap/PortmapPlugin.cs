using Berth.Cni;
using Berth.HostPorts;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.Portmap;

/// <summary>The verbs of the portmap plugin.</summary>
internal sealed class PortmapPlugin : ICniPlugin
{
    private readonly Action<string> _warn;

    internal PortmapPlugin(Action<string> warn) => _warn = warn;

    public CniResult Add(CniRequest request)
    {
        HostPortConfiguration configuration = Parse(request);
        CniResult result = request.PrevResult ?? throw CniException.Internal("must be called as chained plugin");
        if (configuration.Mappings.Count > 0)
        {
            BackendRule.Require(configuration);
            Attachment attachment = Attachment.From(request);
            Use(backend => backend.Add(attachment, configuration));
        }

        return result;
    }

    public void Del(CniRequest request)
    {
        HostPortConfiguration configuration = HostPortConfiguration.ParseForDelete(request.Config);
        Attachment attachment = Attachment.From(request);
        Use(backend => backend.Delete(attachment, configuration));
    }

    public void Check(CniRequest request)
    {
        HostPortConfiguration configuration = HostPortConfiguration.Parse(request.Config);
        if (request.PrevResult is null)
        {
            throw CniException.Internal("Required prevResult missing");
        }

        BackendRule.Require(configuration);
        Attachment attachment = Attachment.From(request);
        Use(backend => backend.Check(attachment, configuration));
    }

    public void Gc(CniRequest request)
    {
        // Without a list nothing is said about who is alive, which is not the same as nobody.
        if (request.ValidAttachments is IReadOnlyList<CniAttachment> alive)
        {
            Use(backend => backend.Collect(
                request.NetworkName, alive, HostPortConfiguration.ParseForDelete(request.Config)));
        }
    }

    public void Status(CniRequest request) => KernelSupport.Require(_warn);

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

    private void Use(Action<NftablesBackend> action) => Failures.AsCniErrors(() =>
    {
        using NftablesBackend backend = NftablesBackend.Open(_warn);
        action(backend);
    });
}
