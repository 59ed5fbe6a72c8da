using Berth.NfTables;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What an ADD means for route_localnet: 1 on the link that the attachment comes to. The value before is recorded in the
/// table with the first attachment, and the sysctl written only then, so that whoever is killed in between leaves no value
/// that nobody can take back. Taking it back is <see cref="LinkSettlement"/>'s.
/// </summary>
internal sealed class LocalnetChange : IDisposable
{
    private readonly string? _link;
    private SafeFileHandle? _file;

    private LocalnetChange(string? link, int? present, bool needsTurn)
    {
        _link = link;
        Present = present;
        NeedsTurn = needsTurn;
    }

    /// <summary>The value that the link has now; null when none is needed, or it is gone.</summary>
    internal int? Present { get; }

    private bool NeedsTurn { get; }

    /// <summary>
    /// What the change from a state to its plan means. When the sysctl is to be written, or about to be put back by somebody,
    /// the turn is taken first and kept by the caller until all is done: what has changed in the table meanwhile, the commit
    /// finds out by its generation; the sysctl has none, and is read again.
    /// </summary>
    internal static LocalnetChange For(FamilyState state, NodeTurn turn)
    {
        LocalnetChange change = For(state);
        if (!change.NeedsTurn || turn.IsHeld)
        {
            return change;
        }

        turn.Take();
        return For(state);
    }

    /// <summary>
    /// Makes sure, before anything is changed, that the sysctl can be written: by writing what it is. That it can be opened
    /// says nothing of what a security module thinks of writing.
    /// </summary>
    internal void Prepare()
    {
        if (_link is null || Present is not int present || present == 1)
        {
            return;
        }

        _file = RouteLocalnet.Open(_link);
        try
        {
            if (_file is not null)
            {
                RouteLocalnet.Write(_file, _link, present);
            }
        }
        catch (HostPortException) when (RouteLocalnet.Read(_link) is null)
        {
            // Gone meanwhile: the pod goes with it.
        }
    }

    /// <summary>Writes, after the table was changed. A link that has gone meanwhile needs nothing.</summary>
    /// <exception cref="HostPortException">The kernel refused.</exception>
    internal void Complete()
    {
        if (_file is null || _link is null)
        {
            return;
        }

        try
        {
            RouteLocalnet.Write(_file, _link, 1);
        }
        catch (HostPortException) when (RouteLocalnet.Read(_link) is null)
        {
            // The pod goes with it, and its DEL comes.
        }
    }

    public void Dispose() => _file?.Dispose();

    private static LocalnetChange For(FamilyState state)
    {
        string? link = state.Plan is { NeedsRouteLocalnet: true } plan ? plan.Record.Link : null;
        int? present = link is null ? null : RouteLocalnet.Read(link);
        bool isFirst = link is not null && LinkRecord.Parse(state.Link)?.FormerRouteLocalnet is null;
        return new LocalnetChange(link, present, isFirst || present is not (null or 1) || state.Released is not null);
    }
}
