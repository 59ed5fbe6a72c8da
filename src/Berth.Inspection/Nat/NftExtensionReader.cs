using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Iptables;
using Berth.Netlink;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Reads what Berth.NfTables leaves undecoded: matches and targets that iptables' nft flavour keeps as they are, and
/// expressions that only a list of what answers where needs.
/// </summary>
internal sealed class NftExtensionReader(AddressFamily? family, NftRegisters registers, RuleAlternatives alternatives)
{
    /// <summary>What a comment match said last, or null.</summary>
    internal string? Comment { get; private set; }

    internal void Read(UnknownExpression expression)
    {
        try
        {
            Decode(expression);
        }
        catch (NetlinkFormatException)
        {
            // The kernel sends no such thing; a file may hold anything.
            Forget();
        }
    }

    private void Decode(UnknownExpression expression)
    {
        switch (expression.KindName)
        {
            case "match":
                Match(new XtExtension(expression));
                break;
            case "target":
                Target(new XtExtension(expression));
                break;
            case "numgen" when DestinationOf(expression, 1) is Register destination:
                registers.Load(destination, NftField.Random, 4);
                break;
            case "hash" when DestinationOf(expression, 2) is Register destination:
                registers.Load(destination, NftField.Random, 4);
                break;
            case "redir":
                Register? port = DestinationOf(expression, 1);
                alternatives.Finish(alternative => alternative.Case with
                {
                    Effect = RuleEffect.Rewrite,
                    IsRedirect = true,
                    Ports = port is Register at && alternatives.ValueOf(alternative, at.Word, 2) is byte[] bytes
                        ? new PortInterval(DataValue.FromBytes(bytes).ToPort(), DataValue.FromBytes(bytes).ToPort())
                        : null,
                });
                break;
            case "reject":
                alternatives.Finish(static alternative => alternative.Case with { Effect = RuleEffect.Stop });
                break;
            case "log" or "notrack" or "objref":
                break;
            default:
                Forget();
                break;
        }
    }

    // What it does to registers and packets is not known: nothing that was loaded before counts any more.
    private void Forget()
    {
        registers.Forget();
        alternatives.Restrict();
    }

    private static Register? DestinationOf(UnknownExpression expression, int type)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(expression.Data.Bytes))
        {
            if (attribute.Type == type && attribute.Value.Length == 4)
            {
                return Register.FromNumber(attribute.ReadUInt32BigEndian());
            }
        }

        return null;
    }

    private void Match(XtExtension match)
    {
        switch (match.Name)
        {
            case "comment":
                Comment = match.Comment;
                break;
            case "statistic":
                alternatives.Change(static item => item with { IsShare = true });
                break;
            case "recent" when match.IsNotingRecent:
                break;
            case "addrtype" when match.IsLocalDestination:
                alternatives.Restrict(Selection.Any with { IsLocal = true });
                break;
            case "tcp" or "udp" when match.DestinationPorts() is PortInterval ports:
                if (ports != new PortInterval(0, ushort.MaxValue))
                {
                    alternatives.Restrict(Selection.Any with { Ports = ports });
                }

                break;
            case "multiport" when match.MultiportDestinations() is List<PortInterval> many:
                alternatives.Split(alternative => many.SelectMany(ports => alternative.Within(Selection.Any with { Ports = ports })));
                break;
            default:
                alternatives.Restrict();
                break;
        }
    }

    private void Target(XtExtension target)
    {
        switch (target.Name)
        {
            case "DNAT" or "REDIRECT":
                (IPAddress? address, PortInterval? ports) = target.NatRange(family);
                alternatives.Finish(alternative => alternative.Case with
                {
                    Effect = RuleEffect.Rewrite,
                    Address = address,
                    Ports = ports,
                    IsRedirect = target.Name == "REDIRECT",
                });
                break;
            default:
                // Marks, logs: they decide nothing about the destination.
                break;
        }
    }
}
