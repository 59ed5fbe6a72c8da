namespace Berth.Cli;

/// <summary>A command cannot do what it was asked: its message goes to standard error, and it ends with
/// <see cref="ExitCode.Unusable"/>.</summary>
internal sealed class CommandException : Exception
{
    /// <param name="message">What could not be done, with what was found, and what to do about it.</param>
    /// <param name="inner">What made it so.</param>
    public CommandException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
