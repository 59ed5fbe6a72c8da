using Berth.Bench.Node;

namespace Berth.Bench.Measurements;

/// <summary>What every measurement gets.</summary>
/// <param name="Portmap">Our plugin's absolute path.</param>
/// <param name="Reference">The reference plugin's absolute path.</param>
/// <param name="Pairs">How often to time each plugin.</param>
/// <param name="IsQuick">Whether it is only to be seen that it works.</param>
/// <param name="Progress">Told what is going on, for people who wait.</param>
internal sealed record Contest(string Portmap, string Reference, int Pairs, bool IsQuick, Action<string> Progress)
{
    /// <summary>Two nodes, one a plugin.</summary>
    public Duel Start(string name) => new(StartOurs(name), NodeProcess.Start($"reference {name}", Reference));

    /// <summary>A node for our plugin alone.</summary>
    public NodeProcess StartOurs(string name) => NodeProcess.Start($"portmap {name}", Portmap);
}
