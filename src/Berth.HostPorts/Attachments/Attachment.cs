using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts;

/// <summary>An attachment that host ports lead to.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Addresses">Where its pod is.</param>
/// <param name="Label">Who that is, for people: see <see cref="OwnerLabel"/>.</param>
public sealed record Attachment(AttachmentId Id, AttachmentAddresses Addresses, string Label)
{
    /// <summary>The attachment that a request is about.</summary>
    public static Attachment From(CniRequest request)
    {
        AttachmentId id = new(request.NetworkName, request.ContainerId, request.IfName);
        AttachmentAddresses addresses = request.PrevResult is null
            ? default
            : AttachmentAddresses.From(request.PrevResult, request.IfName);
        return new Attachment(id, addresses, OwnerLabel.Make(id, request.Args));
    }
}
