using Berth.Netlink.Generic;

namespace Berth.Netlink.Ipvs;

/// <summary>The messages that are sent to IPVS (net/netfilter/ipvs/ip_vs_ctl.c).</summary>
internal static class IpvsRequests
{
    private const byte GetService = 4; // IPVS_CMD_GET_SERVICE
    private const byte Version = 1; // IPVS_GENL_VERSION

    /// <summary>A dump of all virtual services; it cannot be filtered.</summary>
    internal static NetlinkRequest All(ushort family) => new(
        "list the virtual services of IPVS",
        family,
        MessageFlags.None,
        static (ref MessageWriter writer) => new GenericHeader(GetService, Version).Write(ref writer),
        GenericHeader.Size,
        null);

    /// <summary>One virtual service, which the kernel finds by its hash.</summary>
    internal static NetlinkRequest One(ushort family, VirtualService service) => new(
        $"find the virtual service {service} of IPVS",
        family,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            new GenericHeader(GetService, Version).Write(ref writer);
            VirtualServiceAttributes.Write(ref writer, service);
        },
        GenericHeader.Size,
        null);
}
