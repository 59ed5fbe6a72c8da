using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A lab could not be made, or a step of it could not be done. The message says what was tried, what came of it, and
/// what to do about it.</summary>
public class LabException : Exception
{
    /// <param name="at">The place in the lab file.</param>
    /// <param name="reason">What could not be done there.</param>
    public LabException(Location at, string reason)
        : base($"{at}: {reason}") => Reason = reason;

    /// <param name="message">What could not be done.</param>
    /// <param name="inner">What made it so.</param>
    public LabException(string message, Exception? inner = null)
        : base(message, inner) => Reason = message;

    /// <summary>The message without the place.</summary>
    public string Reason { get; }
}
