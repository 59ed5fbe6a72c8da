using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>What a connection is made to.</summary>
internal enum TargetKind
{
    Address,
    Outside,
    Node,
    Pod,
    Service,
}

/// <summary>A target as a file names it, with a port: <c>service/NAME</c> (its only port may be left out),
/// <c>node/NAME:PORT</c>, <c>pod/NAME:PORT</c>, <c>outside:PORT</c>, <c>localhost:PORT</c> or <c>ADDRESS:PORT</c>.</summary>
internal sealed record TargetReference(
    TargetKind Kind, string Namespace, string Name, IPAddress? Address, int? Port, Location At)
{
    public const string Allowed =
        "service/NAME, service/NAME:PORT, node/NAME:PORT, pod/NAME:PORT, outside:PORT, localhost:PORT or ADDRESS:PORT";

    /// <exception cref="ManifestFormatException">It is no target.</exception>
    public static TargetReference Parse(Located<string> text)
    {
        int colon = text.Value.LastIndexOf(':');
        int? port = null;
        if (colon >= 0)
        {
            port = int.TryParse(text.Value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number is >= 1 and <= 65535
                ? number
                : throw new ManifestFormatException(
                    text.At, $"\"{text.Value}\": the port must be between 1 and 65535, as in {Allowed}");
        }

        string[] parts = (colon < 0 ? text.Value : text.Value[..colon]).Split('/');
        TargetReference target = parts switch
        {
            ["service", { Length: > 0 } name] => new(TargetKind.Service, "default", name, null, port, text.At),
            ["service", { Length: > 0 } space, { Length: > 0 } name] => new(TargetKind.Service, space, name, null, port, text.At),
            ["pod", { Length: > 0 } name] => new(TargetKind.Pod, "default", name, null, port, text.At),
            ["pod", { Length: > 0 } space, { Length: > 0 } name] => new(TargetKind.Pod, space, name, null, port, text.At),
            ["node", { Length: > 0 } name] => new(TargetKind.Node, "", name, null, port, text.At),
            ["outside"] => new(TargetKind.Outside, "", "outside", null, port, text.At),
            ["localhost"] => new(TargetKind.Address, "", "", IPAddress.Loopback, port, text.At),
            [var address] when IPAddress.TryParse(address, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetwork =>
                new(TargetKind.Address, "", "", ip, port, text.At),
            _ => throw new ManifestFormatException(text.At, $"\"{text.Value}\" is no target: write {Allowed}"),
        };
        return target.Port is not null || target.Kind == TargetKind.Service
            ? target
            : throw new ManifestFormatException(text.At, $"\"{text.Value}\" has no port: write {text.Value}:PORT");
    }

    public override string ToString()
    {
        string name = Kind switch
        {
            TargetKind.Address => $"{Address}",
            TargetKind.Outside => Name,
            TargetKind.Node => $"node/{Name}",
            _ => (Kind == TargetKind.Pod ? "pod/" : "service/") + (Namespace == "default" ? Name : $"{Namespace}/{Name}"),
        };
        return Port is int port ? $"{name}:{port}" : name;
    }
}
