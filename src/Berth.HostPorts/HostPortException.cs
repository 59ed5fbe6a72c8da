namespace Berth.HostPorts;

/// <summary>A host port could not be made, removed or verified.</summary>
public sealed class HostPortException : Exception
{
    /// <summary>With what failed, and what to know or do about it.</summary>
    public HostPortException(string message, string? details = null, Exception? cause = null)
        : base(message, cause) => Details = details;

    /// <summary>What to know or do about it, if there is something to say.</summary>
    public string? Details { get; }
}
