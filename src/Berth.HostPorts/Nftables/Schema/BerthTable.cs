using System.Net;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Berth's table in one family: what it consists of. The text of the IPv4 one, as nft lists it, is in docs/nftables.md.
/// </summary>
/// <remarks>
/// The nat chains come after everybody who serves Services (dstnat is -100): what kube-proxy claims is never a host port,
/// whoever came last. The guard is at raw priority, because a packet for 127/8 must be dropped before NAT, which gives
/// replies that address, has a say.
/// </remarks>
internal sealed class BerthTable
{
    internal const string Prerouting = "prerouting";
    internal const string Output = "output";
    internal const string HostPort = "hostport";
    internal const string Conditional = "conditional";
    internal const string Postrouting = "postrouting";
    internal const string Masquerading = "masquerading";
    internal const string Guard = "guard";

    private const int AfterServices = -90;
    private const int AfterServicesSource = 110;
    private const int Raw = -300;

    private static readonly IPNetwork LinkLocal = new(IPAddress.Parse("fe80::"), 10);

    private Rule[]? _rules;

    internal BerthTable(NfFamily family)
    {
        Family = family;
        Table = new Table(family, TableSets.TableName);
        Sets = new TableSets(family);
        Chains = MakeChains();
    }

    internal NfFamily Family { get; }

    internal Table Table { get; }

    internal TableSets Sets { get; }

    /// <summary>The chains, each before those that jump to it.</summary>
    internal Chain[] Chains { get; }

    /// <summary>The rules, chain by chain, but for those of <see cref="Conditional"/>, which belong to networks.</summary>
    internal Rule[] Rules => _rules ??= MakeRules();

    /// <summary>Where a network with conditions keeps its mappings.</summary>
    internal ConditionalNetwork NetworkWithConditions(string network) => new(Family, Sets, network);

    /// <summary>
    /// The rules that look a packet up: what names its address first, and a single port before a range. Where 127.0.0.1 leads
    /// nowhere, it must not be looked up among the mappings of every address.
    /// </summary>
    internal static List<Rule> LookupRules(NfFamily family, string chain, PortMaps at, PortMaps any, Set? noLocalhost)
    {
        Expression[] addressAndPort = Steps.LoadAddressAndPort(family);
        Expression[] port = Steps.LoadPort(new Register(0));
        List<Rule> rules =
        [
            Make(family, chain, [.. addressAndPort, .. Steps.LookUpAndRedirect(family, at.Single)]),
            Make(family, chain, [.. addressAndPort, .. Steps.LookUpRangeAndRedirect(family, at.Ranges)]),
        ];
        if (noLocalhost is not null)
        {
            rules.Add(Make(family, chain, ReturnFromLoopback(noLocalhost)));
        }

        rules.Add(Make(family, chain, [.. port, .. Steps.LookUpAndRedirect(family, any.Single)]));
        if (any.NoLocalhostRanges is not null)
        {
            rules.Add(Make(family, chain, ReturnFromLoopback(any.NoLocalhostRanges)));
        }

        rules.Add(Make(family, chain, [.. port, .. Steps.LookUpRangeAndRedirect(family, any.Ranges)]));
        return rules;
    }

    private static Expression[] ReturnFromLoopback(Set noLocalhost) =>
        [.. Steps.IsToLoopback(), .. Steps.IsPortIn(noLocalhost), new Immediate(Verdict.Return)];

    private static Rule Make(NfFamily family, string chain, Expression[] expressions) =>
        new(family, TableSets.TableName, chain, expressions);

    private Chain[] MakeChains()
    {
        List<Chain> chains =
        [
            Regular(Conditional),
            Regular(HostPort),
            Base(Prerouting, "nat", NfHook.Prerouting, AfterServices),
            Base(Output, "nat", NfHook.Output, AfterServices),
            Regular(Masquerading),
            Base(Postrouting, "nat", NfHook.Postrouting, AfterServicesSource),
        ];
        if (Family == NfFamily.Ip)
        {
            chains.Add(Base(Guard, "filter", NfHook.Prerouting, Raw));
        }

        return [.. chains];
    }

    private Rule[] MakeRules()
    {
        // ::1 cannot lead to a pod (there is no route_localnet for IPv6), and fe80:: means another node on every link.
        Expression[] notOurs = Family == NfFamily.Ip6
            ? [.. Steps.IsNotTo(IPAddress.IPv6Loopback), .. Steps.IsNotTo(LinkLocal)]
            : [];
        Expression[] toHostPort =
        [
            .. notOurs,
            .. Steps.IsLocal(),
            .. Steps.IsToMemberOf(Family, Sets.Services, inverted: true),
            .. Steps.IsNotServedAt(Family, Sets.ServicesAt),
            new Immediate(Verdict.Jump(HostPort)),
        ];
        List<Rule> rules = [In(HostPort, [new Immediate(Verdict.Jump(Conditional))])];
        rules.AddRange(LookupRules(Family, HostPort, Sets.AtAddress, Sets.Anywhere, Sets.NoLocalhost));
        rules.Add(In(Prerouting, toHostPort));
        rules.Add(In(Output, toHostPort));
        rules.AddRange(MasqueradingRules());
        rules.Add(In(Postrouting, [.. Steps.CameThroughMapping(), new Immediate(Verdict.Jump(Masquerading))]));
        if (Family == NfFamily.Ip)
        {
            rules.Add(In(Guard, [.. Steps.IsNotFromLo(), .. Steps.IsToLoopback(), new Immediate(Verdict.Drop)]));
        }

        return [.. rules];
    }

    private List<Rule> MasqueradingRules()
    {
        Masquerade masquerade = new();
        List<Rule> rules =
        [
            In(Masquerading, [.. Steps.IsToMemberOf(Family, Sets.MasqueradeAll), masquerade]),
            In(Masquerading, [.. Steps.IsToMemberOf(Family, Sets.Masqueraded, inverted: true), new Immediate(Verdict.Return)]),
        ];
        if (Family == NfFamily.Ip)
        {
            rules.Add(In(Masquerading, [.. Steps.IsFromLoopback(), masquerade]));
        }

        rules.Add(In(Masquerading, [.. Steps.IsPairIn(Family, Sets.Hairpin), masquerade]));
        rules.Add(In(Masquerading, [.. Steps.IsLinkIn(Sets.Links), masquerade]));
        return rules;
    }

    private Rule In(string chain, Expression[] expressions) => Make(Family, chain, expressions);

    private Chain Regular(string name) => new(Family, TableSets.TableName, name);

    private Chain Base(string name, string type, NfHook hook, int priority) =>
        Regular(name) with { Hook = new ChainHook(type, hook, priority) };
}
