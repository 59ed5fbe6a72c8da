using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Cli.Rendering;
using Berth.Inspection;

namespace Berth.Cli.Commands;

/// <summary><c>berth ls</c>: everything that answers on the node.</summary>
internal static class LsCommand
{
    private const string About = """
        List everything that answers on the node: sockets, host ports, NodePorts, external addresses.

        FILTER is a port, or a part of an owner's name: a pod, a Service, a process, a container.
        STATE: ok; shadowed, something else gets its traffic; stale, its sandbox is gone; undeclared,
        the pod's spec (--pods) does not name the port; conflicting, which of two wins depends on who
        came last.
        """;

    public static Command Create(Terminal terminal)
    {
        Argument<string[]> filters = new("FILTER") { Description = "A port, or a part of an owner's name; any of several." };
        Option<bool> tcp = new("--tcp", "-t") { Description = "TCP." };
        Option<bool> udp = new("--udp", "-u") { Description = "UDP." };
        Option<bool> ipv4 = new("--ipv4", "-4") { Description = "What IPv4 reaches." };
        Option<bool> ipv6 = new("--ipv6", "-6") { Description = "What IPv6 reaches." };
        Option<bool> numeric = new("--numeric", "-n") { Description = "Numbers, no names of ports; it is always so." };
        Option<bool> noHeader = new("--no-header", "-H") { Description = "No line of headers." };
        Option<bool> all = new("--all", "-a") { Description = "Addresses of Services within the cluster too." };
        Option<string> format = new("--output", "-o")
        {
            Description = "wide: nothing is cut, and who made it; name: one word a line.",
            DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "wide", "json", "name");
        Option<string[]> pods = DeclaredPortsInput.CreateOption();
        Option<string[]> services = DeclaredServicesInput.CreateOption();
        Option<string> snapshot = SnapshotInput.CreateOption();
        Option<bool> watch = new("--watch", "-w") { Description = "Print it again whenever it changed." };

        Command command = new("ls", About)
        {
            filters, tcp, udp, ipv4, ipv6, numeric, noHeader, all, format, pods, services, snapshot, watch,
        };
        command.SetAction(parsed =>
        {
            StandardInputOnce.Check(parsed, pods, services, snapshot);
            ListenerFilter filter = ListenerFilter.Parse(
                parsed.GetValue(filters) ?? [],
                parsed.GetValue(tcp), parsed.GetValue(udp), parsed.GetValue(ipv4), parsed.GetValue(ipv6));
            string? file = parsed.GetValue(snapshot);
            if (parsed.GetValue(watch) && file is not null)
            {
                throw new CommandException("--watch and --snapshot: a file does not change; leave one of them out");
            }

            ListenerOptions options = new()
            {
                WithClusterAddresses = parsed.GetValue(all),
                Pods = parsed.GetValue(pods) is { Length: > 0 } files ? DeclaredPortsInput.Read(files, terminal) : null,
                Services = DeclaredServicesInput.Read(parsed.GetValue(services), terminal),
            };
            void Print(NodeSnapshot node, TextWriter output)
            {
                IReadOnlyList<Listener> listeners = [.. NodeListeners.Find(node, options).Where(filter.Matches)];
                ListenerOutput.Write(
                    output, listeners, node, parsed.GetValue(format)!, withHeader: !parsed.GetValue(noHeader), terminal.Colour);
            }

            if (parsed.GetValue(watch))
            {
                Watch.Run(terminal, Print);
                return ExitCode.Clean;
            }

            NodeSnapshot node = SnapshotInput.Read(file, terminal);
            Print(node, terminal.Output);
            UnreadableParts.Write(terminal.Error, "berth ls", UnreadableParts.OfListeners(node));
            return ExitCode.Clean;
        });
        return command;
    }
}
