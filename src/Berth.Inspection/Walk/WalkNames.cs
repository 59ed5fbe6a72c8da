using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What people call a table, and whose a rule is.</summary>
internal static class WalkNames
{
    /// <summary>"nft inet filter", "iptables nat", "ip6tables-legacy filter".</summary>
    internal static string Table(WalkProgram program)
    {
        string tool = program.Family == NfFamily.Ip6 ? "ip6tables" : "iptables";
        return program.IsLegacy ? $"{tool}-legacy {program.Table}"
            : IsIptables(program) ? $"{tool} {program.Table}"
            : $"nft {program.Family.ToText()} {program.Table}";
    }

    /// <summary>Whether a table of nf_tables is iptables' (iptables-nft makes exactly these).</summary>
    internal static bool IsIptables(WalkProgram program) => program.IsLegacy || IsIptables(program.Family, program.Table);

    internal static bool IsIptables(NfFamily family, string table) =>
        family is NfFamily.Ip or NfFamily.Ip6 && table is "raw" or "mangle" or "nat" or "filter" or "security";

    internal static MappingIdentity IdentityOf(WalkProgram program, IReadOnlyList<Frame> frames, WalkNode node)
    {
        List<string> path = [program.Chain];
        List<string> comments = [];
        foreach (Frame frame in frames)
        {
            if (path[^1] != frame.Chain)
            {
                path.Add(frame.Chain);
            }

            if (frame.Rule.Comment is string comment)
            {
                comments.Add(comment);
            }

            if (frame.Map is string map)
            {
                path.Add("@" + map);
            }

            if (frame.ElementComment is string element)
            {
                comments.Add(element);
            }
        }

        MappingIdentity identity = MappingIdentity.Of(new NatMapping
        {
            IsLegacy = program.IsLegacy,
            Table = $"{(program.Family == NfFamily.Unspecified ? "ip" : program.Family.ToText())} {program.Table}",
            Hook = program.Hook,
            Priority = program.Priority,
            Order = 0,
            Path = path,
            Comments = comments,
            Selection = Selection.Any,
            Exclusions = [],
        });
        return PodDirectory.PodOf(node.Pods.Find(identity)) is string pod && identity.Owner.Pod is null
            ? identity with { Owner = identity.Owner with { Pod = pod } }
            : identity;
    }

    /// <summary>Whose a rule is, in words; null when nothing tells.</summary>
    internal static string? OwnerOf(WalkProgram program, IReadOnlyList<Frame> frames, WalkNode node)
    {
        MappingIdentity identity = IdentityOf(program, frames, node);
        return identity.Owner.Name == "-" ? null : $"{identity.Kind.ToText()} {identity.Owner.Name}";
    }
}
