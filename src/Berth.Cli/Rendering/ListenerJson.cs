using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>Listeners as JSON, versioned: what is only added does not change the number.</summary>
internal static class ListenerJson
{
    public static void Write(TextWriter output, IReadOnlyList<Listener> listeners, NodeSnapshot node)
    {
        ListenerDocument document = new(
            "BerthListeners",
            1,
            node.Node.HostName,
            [.. listeners.Select(static listener => new ListenerItem(
                ListenerText.Protocol(listener),
                listener.IsAnyAddress && listener.IsBothFamilies ? "*" : listener.Address.ToString(),
                listener.PrefixLength,
                listener.Interface,
                listener.Ports?.First,
                listener.Ports is { } ports && ports.Last != ports.First ? ports.Last : null,
                listener.Kind.ToText(),
                listener.Source,
                listener.Targets,
                listener.Owner.Pod,
                listener.Owner.Service,
                listener.Owner.Container,
                listener.Owner.Network,
                listener.Owner.Process,
                listener.Owner.ProcessId,
                Condition(listener.State.Condition),
                listener.State.By,
                listener.State.Address?.ToString(),
                listener.State.Origin is WalkOrigin origin ? JsonNamingPolicy.CamelCase.ConvertName(origin.ToString()) : null,
                listener.State.Family switch { null => null, AddressFamily.InterNetwork => "IPv4", _ => "IPv6" },
                listener.State.Except.Count == 0 ? null : [.. listener.State.Except.Select(static address => address.ToString())],
                listener.IsConditional))],
            UnreadableParts.OfListeners(node));
        output.WriteLine(JsonSerializer.Serialize(document, ListenerJsonContext.Default.ListenerDocument));
    }

    private static string Condition(ListenerCondition condition) => JsonNamingPolicy.CamelCase.ConvertName(condition.ToString());
}

internal sealed record ListenerDocument(
    string Kind, int Version, string Node, IReadOnlyList<ListenerItem> Listeners, IReadOnlyList<UnreadableItem> Unreadable);

internal sealed record UnreadableItem(string Part, string Reason);

internal sealed record ListenerItem(
    string Protocol,
    string Address,
    int? PrefixLength,
    string? Interface,
    int? Port,
    int? LastPort,
    string Kind,
    string MadeBy,
    IReadOnlyList<string> Targets,
    string? Pod,
    string? Service,
    string? Container,
    string? Network,
    string? Process,
    int? ProcessId,
    string State,
    string? StateBy,
    string? StateAt,
    string? StateFrom,
    string? StateFamily,
    IReadOnlyList<string>? StateExcept,
    bool IsConditional);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ListenerDocument))]
internal sealed partial class ListenerJsonContext : JsonSerializerContext;
