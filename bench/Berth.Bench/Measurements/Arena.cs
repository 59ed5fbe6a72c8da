using Berth.Bench.Node;

namespace Berth.Bench.Measurements;

/// <summary>Two nodes, one a plugin, on which equally many mappings are present, of containers that have 100 each.</summary>
internal sealed class Arena : IDisposable
{
    public const int PortsOfContainer = 100;
    private const int FirstPort = 10_000;
    private const int ContainersOfSubnet = 200;

    public Arena(Contest contest, int size)
    {
        Size = size;
        Duel = contest.Start($"at {size}");
        for (int container = 0; container < Containers; container++)
        {
            contest.Progress($"{container * PortsOfContainer} of {size} mappings present");
            Duel.Both(Load(container));
        }
    }

    public int Size { get; }

    public Duel Duel { get; }

    public int Containers => Size / PortsOfContainer;

    /// <summary>The ADD of one of its containers.</summary>
    public static PluginCall Load(int container) =>
        new("ADD", Container(container), Address(container), FirstPort + (container * PortsOfContainer), PortsOfContainer);

    /// <summary>The ADD of a container of one port.</summary>
    public static PluginCall LoadOne(int container) => new("ADD", Container(container), Address(container), FirstPort + container, 1);

    private static string Address(int container) => $"10.1.{1 + (container / ContainersOfSubnet)}.{1 + (container % ContainersOfSubnet)}";

    public static string Container(int container) => $"preloaded-{container}";

    public void RequireMappings(int more, string when) => Duel.RequireMappings(Size + more, when);

    public void Dispose() => Duel.Dispose();
}
