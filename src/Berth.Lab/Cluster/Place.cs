using Berth.Netlink;

namespace Berth.Lab;

/// <summary>Where a program runs or a socket is opened: the machine outside, a node, a pod.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="Namespace">Its network namespace.</param>
/// <param name="Enter">The arguments of nsenter that lead there; none for the network between the nodes.</param>
internal sealed record Place(string Name, NetworkNamespace Namespace, IReadOnlyList<string> Enter)
{
    /// <summary>Writes a kernel parameter, by its dotted name.</summary>
    /// <returns>Whether there is such a parameter.</returns>
    public bool SetSysctl(string name, string value) => Namespace.Run(() =>
    {
        string file = "/proc/sys/" + name.Replace('.', '/');
        if (!File.Exists(file))
        {
            return false;
        }

        File.WriteAllText(file, value);
        return true;
    });
}
