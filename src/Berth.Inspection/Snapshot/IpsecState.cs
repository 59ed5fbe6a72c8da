using Berth.Netlink.Xfrm;

namespace Berth.Inspection;

/// <summary>What IPsec does to packets.</summary>
/// <param name="Policies">Its policies; those of single sockets are not among them.</param>
/// <param name="Defaults">What becomes of packets that no policy is of.</param>
public sealed record IpsecState(IReadOnlyList<XfrmPolicy> Policies, XfrmDefaults Defaults);
