using System.Net;

namespace Berth.Lab;

/// <summary>A pod's address and port behind a Service's port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
internal sealed record ServiceEndpoint(IPAddress Address, int Port)
{
    public override string ToString() => $"{Address}:{Port}";
}
