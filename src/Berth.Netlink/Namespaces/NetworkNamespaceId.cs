namespace Berth.Netlink;

/// <summary>What tells one network namespace from another on a running kernel: the device and inode number of its
/// file in nsfs (<c>man 7 namespaces</c>). A number may be used again once its namespace is gone.</summary>
/// <param name="Device">Device number of nsfs: major in the upper 32 bits, minor in the lower.</param>
/// <param name="Inode">Inode number, as <c>readlink /proc/self/ns/net</c> shows it.</param>
public readonly record struct NetworkNamespaceId(ulong Device, ulong Inode)
{
    /// <summary>The form of <c>readlink /proc/self/ns/net</c>: <c>net:[4026531840]</c>.</summary>
    public override string ToString() => $"net:[{Inode}]";
}
