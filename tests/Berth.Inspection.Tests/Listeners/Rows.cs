namespace Berth.Inspection.Tests.Listeners;

/// <summary>Listeners as lines that tests compare.</summary>
internal static class Rows
{
    internal static string[] Of(NodeSnapshot snapshot, ListenerOptions? options = null, bool withSockets = false) =>
        [.. NodeListeners.Find(snapshot, options ?? new ListenerOptions())
            .Where(listener => withSockets || listener.Kind != ListenerKind.Socket).Select(Of)];

    internal static string Of(Listener listener)
    {
        string port = listener.Ports is null ? "*"
            : listener.Ports.First == listener.Ports.Last ? $"{listener.Ports.First}"
            : $"{listener.Ports.First}-{listener.Ports.Last}";
        return $"{listener.Protocol} {listener.Address}:{port} {listener.Kind.ToText()} "
            + $"{string.Join(',', listener.Targets)} {listener.Owner.Name} ({listener.Source}) {listener.State}";
    }
}
