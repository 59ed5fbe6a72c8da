using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts;

/// <summary>Host ports in one of the places where the kernel can have them. Every call is safe to repeat.</summary>
public interface IHostPortBackend : IDisposable
{
    /// <summary>Makes an attachment's mappings what its configuration says.</summary>
    /// <exception cref="HostPortException">It could not be done; nothing was changed.</exception>
    void Add(Attachment attachment, HostPortConfiguration configuration);

    /// <summary>Removes all that an attachment owns; owning nothing is no error.</summary>
    /// <exception cref="HostPortException">It could not be done.</exception>
    void Delete(Attachment attachment, HostPortConfiguration configuration);

    /// <summary>Verifies that an attachment has exactly what its configuration says.</summary>
    /// <exception cref="HostPortException">It has not.</exception>
    void Check(Attachment attachment, HostPortConfiguration configuration);

    /// <summary>Removes what belongs to attachments of a network that are not alive.</summary>
    /// <exception cref="HostPortException">It could not be done.</exception>
    void Collect(string network, IReadOnlyList<CniAttachment> alive, HostPortConfiguration configuration);

    /// <summary>Returns when ADD could work now, as far as that can be known without a pod.</summary>
    /// <exception cref="HostPortException">It could not.</exception>
    void Probe(HostPortConfiguration configuration);
}
