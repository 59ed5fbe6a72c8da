namespace Berth.Lab;

/// <summary>This kernel or this machine lacks something without which the lab cannot be: IPVS, a plugin, a program.</summary>
public sealed class LabUnsupportedException : LabException
{
    /// <param name="message">What is missing, and where it is to be had.</param>
    public LabUnsupportedException(string message)
        : base(message)
    {
    }
}
