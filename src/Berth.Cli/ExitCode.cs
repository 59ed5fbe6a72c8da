namespace Berth.Cli;

/// <summary>What a command tells a script, the same for all commands.</summary>
internal static class ExitCode
{
    /// <summary>It ran, and found nothing to complain about.</summary>
    public const int Clean = 0;

    /// <summary>It ran, and what it looked at is not as it should be.</summary>
    public const int Findings = 1;

    /// <summary>It was called in a way that cannot work, or could not read or do what it was asked.</summary>
    public const int Unusable = 2;

    /// <summary>Of <c>berth explain</c>: what was asked depends on what could not be found out.</summary>
    public const int Depends = 3;

    /// <summary>Of <c>berth lab</c>: what it was asked needs something that this kernel or machine lacks.</summary>
    public const int Unsupported = 4;
}
