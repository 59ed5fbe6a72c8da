using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What a change of the IPv4 table means for route_localnet: 1 on the link that an attachment comes to, and the former
/// value on a link that its last attachment leaves. The value before is recorded in the table with the first attachment,
/// and the sysctl written only then, so that whoever is killed in between leaves no value that nobody can take back.
/// </summary>
internal sealed class LocalnetChange : IDisposable
{
    private readonly string? _link;
    private readonly string? _released;
    private FileStream? _file;

    private LocalnetChange(string? link, int? present, string? released, bool isFirst)
    {
        _link = link;
        Present = present;
        _released = released;
        IsNeeded = (link is not null && (isFirst || present != 1)) || released is not null;
    }

    /// <summary>The value that the wanted link has now; null when there is no link, or it is gone.</summary>
    internal int? Present { get; }

    /// <summary>Whether the sysctl is to be written.</summary>
    private bool IsNeeded { get; }

    /// <summary>
    /// What the change from a state to its plan means. When the sysctl is to be written, the lock is taken first and held
    /// by the caller until it was: what has changed in the table meanwhile, the commit finds out by its generation; the
    /// sysctl has none, and is read again.
    /// </summary>
    internal static LocalnetChange For(FamilyState state, ref NodeLock? nodeLock)
    {
        LocalnetChange change = For(state);
        if (!change.IsNeeded || nodeLock is not null)
        {
            return change;
        }

        nodeLock = NodeLock.Take();
        return For(state);
    }

    private static LocalnetChange For(FamilyState state)
    {
        string? link = state.Plan?.Record.Link;
        int? present = link is null ? null : RouteLocalnet.Read(link);
        LinkRecord? former = LinkRecord.Parse(state.FormerLink);
        bool isReleased = state.Links.LeavesNobody && former is { FormerRouteLocalnet: 0 };
        return new LocalnetChange(
            present is null ? null : link,
            present,
            isReleased ? former!.Link : null,
            state.Links.IsFirst);
    }

    /// <summary>Makes sure, before anything is changed, that the sysctl can be written.</summary>
    internal void Prepare()
    {
        if (_link is not null && Present != 1)
        {
            _file = RouteLocalnet.Open(_link);
        }
    }

    /// <summary>Writes, after the table was changed.</summary>
    internal void Complete(NfTablesConnection connection)
    {
        if (_file is not null && _link is not null)
        {
            RouteLocalnet.Write(_file, _link, 1);
        }

        if (_released is not null)
        {
            PutBack(connection, [_released]);
        }
    }

    /// <summary>Writes 0 to links that have nobody left, and had 0 before; not while the reference plugin needs 1.</summary>
    internal static void PutBack(NfTablesConnection connection, IReadOnlyList<string> links)
    {
        if (links.Count == 0 || ReferencePlugin.HasMappings(connection))
        {
            return;
        }

        foreach (string link in links)
        {
            using FileStream? file = RouteLocalnet.Open(link);
            if (file is not null)
            {
                RouteLocalnet.Write(file, link, 0);
            }
        }
    }

    public void Dispose() => _file?.Dispose();
}
