using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>A packet's way as JSON, versioned: what is only added does not change the number.</summary>
internal static class ExplanationJson
{
    public static void Write(TextWriter output, WalkAnswer answer)
    {
        WalkQuestion question = answer.Question;
        ExplanationDocument document = new(
            "BerthExplanation",
            1,
            Name(answer.Conclusion),
            new ExplanationPacket(
                ExplanationText.Protocol(question.Protocol),
                question.Source?.ToString(),
                question.SourcePort,
                question.Destination.ToString(),
                question.DestinationPort,
                Name(question.Origin!.Value),
                question.Interface,
                question.Pod),
            [.. answer.Ways.Select(Of)],
            [.. answer.Otherwise.Select(static alternative =>
                new ExplanationAlternative(alternative.Without, alternative.Winner, Name(alternative.Outcome)))],
            answer.Notes,
            answer.Unread);
        output.WriteLine(JsonSerializer.Serialize(document, ExplanationJsonContext.Default.ExplanationDocument));
    }

    private static ExplanationWay Of(WalkWay way) => new(
        way.Probability,
        [.. way.Conditions],
        [.. way.Steps.Select(Of)],
        new ExplanationEnd(
            Name(way.End.Outcome),
            way.End.Text,
            Name(way.End.Kind),
            way.End.Address?.ToString(),
            way.End.Port,
            way.End.Source?.ToString(),
            way.End.SourcePort,
            way.End.SourcePorts is { } ports ? $"{ports.First}-{ports.Last}" : null,
            way.End.Interface,
            way.End.Gateway?.ToString(),
            way.End.Owner.Pod,
            way.End.Owner.Process,
            way.End.Owner.ProcessId,
            way.End.Owner.Container),
        way.Reply is WalkReply reply ? new ExplanationReply(reply.Arrives, reply.Text, [.. reply.Steps.Select(Of)]) : null);

    private static ExplanationStep Of(WalkStep step) => new(
        Name(step.Kind),
        step.Hook is { } hook ? Name(hook) : null,
        step.Table,
        step.Chain,
        step.Priority,
        step.Rule,
        step.Owner,
        step.Effect,
        step.Source.ToString(),
        step.SourcePort,
        step.Destination.ToString(),
        step.DestinationPort,
        step.Mark);

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

internal sealed record ExplanationDocument(
    string Kind,
    int Version,
    string Conclusion,
    ExplanationPacket Packet,
    IReadOnlyList<ExplanationWay> Ways,
    IReadOnlyList<ExplanationAlternative> Otherwise,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Unread);

internal sealed record ExplanationPacket(
    string Protocol,
    string? Source,
    ushort? SourcePort,
    string Destination,
    ushort DestinationPort,
    string Origin,
    string? Interface,
    string? Pod);

internal sealed record ExplanationWay(
    double Probability,
    IReadOnlyList<WalkCondition> Conditions,
    IReadOnlyList<ExplanationStep> Steps,
    ExplanationEnd End,
    ExplanationReply? Reply);

internal sealed record ExplanationStep(
    string Kind,
    string? Hook,
    string? Table,
    string? Chain,
    int? Priority,
    string? Rule,
    string? Owner,
    string Effect,
    string Source,
    ushort SourcePort,
    string Destination,
    ushort DestinationPort,
    uint Mark);

internal sealed record ExplanationEnd(
    string Outcome,
    string Text,
    string Kind,
    string? Address,
    ushort Port,
    string? Source,
    ushort SourcePort,
    string? SourcePorts,
    string? Interface,
    string? Gateway,
    string? Pod,
    string? Process,
    int? ProcessId,
    string? Container);

internal sealed record ExplanationReply(bool? Arrives, string Text, IReadOnlyList<ExplanationStep> Steps);

internal sealed record ExplanationAlternative(string Without, string Winner, string Outcome);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ExplanationDocument))]
internal sealed partial class ExplanationJsonContext : JsonSerializerContext;
