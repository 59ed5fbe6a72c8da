using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Cli.Rendering;
using Berth.Inspection;

namespace Berth.Cli.Commands;

/// <summary><c>berth explain</c>: one packet's way through the node.</summary>
internal static class ExplainCommand
{
    private const string About = """
        Say what becomes of a packet: its way through nftables, iptables and routing,
        hook by hook, where it ends, whether the answer finds its way back, and who
        would have got it otherwise. No packet is sent.

        ADDRESS is [SRC[:PORT]] DST:PORT. IPv6 with a port is [fd00::1]:80; icmp has
        no port. What is left open is chosen, and said. docs/explain.md shows how to
        read the answer.
        Exit codes: 0 delivered (even if the answer is lost, which is said), 1 dropped
        or rejected, 2 usage or could not run, 3 where it ends depends on an
        assumption.
        """;

    public static Command Create(Terminal terminal)
    {
        Argument<string> protocol = new("PROTO") { Description = "tcp, udp, sctp or icmp." };
        protocol.CompletionSources.Add("tcp", "udp", "sctp", "icmp");
        Argument<string[]> addresses = new("ADDRESS")
        {
            Description = "From where, if it matters, and where to.",
            Arity = new ArgumentArity(1, 2),
        };
        Option<string> input = new("--in") { Description = "It comes from outside, by this link.", HelpName = "IFACE" };
        Option<bool> node = new("--from-node") { Description = "A process of the node sends it." };
        Option<string> pod = new("--from-pod")
        {
            Description = "A pod sends it: namespace/name, its name, or how its container's ID begins.",
            HelpName = "NAME",
        };
        Option<string[]> services = DeclaredServicesInput.CreateOption();
        Option<string> snapshot = SnapshotInput.CreateOption();
        Option<string> format = new("--output", "-o")
        {
            Description = "How to print the answer.",
            DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "json");
        input.CompletionSources.Add(context => NodeNames.Links(context.ParseResult.GetValue(snapshot), terminal));
        pod.CompletionSources.Add(context => NodeNames.Pods(context.ParseResult.GetValue(snapshot), terminal));
        Command command = new("explain", About) { protocol, addresses, input, node, pod, services, snapshot, format };
        command.SetAction(parsed =>
        {
            StandardInputOnce.Check(parsed, services, snapshot);
            WalkQuestion question = WalkQuestionInput.Parse(
                parsed.GetValue(protocol)!,
                parsed.GetValue(addresses)!,
                parsed.GetValue(input),
                parsed.GetValue(node),
                parsed.GetValue(pod));
            IReadOnlyList<DeclaredServicePort>? named = DeclaredServicesInput.Read(parsed.GetValue(services), terminal);
            WalkAnswer answer = Explain(parsed.GetValue(snapshot), question, named, terminal);
            if (parsed.GetValue(format) == "json")
            {
                ExplanationJson.Write(terminal.Output, answer);
            }
            else
            {
                ExplanationText.Write(terminal.Output, answer, terminal.Colour);
            }

            return answer.Conclusion switch
            {
                WalkConclusion.Delivered => ExitCode.Clean,
                WalkConclusion.Refused => ExitCode.Findings,
                _ => ExitCode.Depends,
            };
        });
        return command;
    }

    private static WalkAnswer Explain(
        string? file, WalkQuestion question, IReadOnlyList<DeclaredServicePort>? services, Terminal terminal)
    {
        try
        {
            return file is null
                ? PacketWalk.ExplainHere(new NodeReaderOptions(), question, services)
                : PacketWalk.Explain(SnapshotInput.Read(file, terminal), question, services);
        }
        catch (WalkException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
