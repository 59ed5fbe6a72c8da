using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Cli.Rendering;
using Berth.Inspection;

namespace Berth.Cli.Commands;

/// <summary><c>berth doctor</c>: what is not as it should be on the node.</summary>
internal static class DoctorCommand
{
    private const string About = """
        Look for what goes wrong with host ports on the node: stale ones, ports that two claim, hijacked
        Services, and what opens loopback addresses to others.

        Each finding has an id, its evidence and a remedy: docs/doctor.md. Nothing is changed.
        Exit codes: 0 clean, 1 findings, 2 usage, or what had to be looked at could not be read.
        """;

    public static Command Create(Terminal terminal)
    {
        Option<string> format = new("--output", "-o")
        {
            Description = "How to print findings.",
            DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "json");
        Option<string[]> pods = DeclaredPortsInput.CreateOption();
        Option<string[]> services = DeclaredServicesInput.CreateOption();
        Option<string> snapshot = SnapshotInput.CreateOption();
        Command command = new("doctor", About) { format, pods, services, snapshot };
        command.SetAction(parsed =>
        {
            StandardInputOnce.Check(parsed, pods, services, snapshot);
            IReadOnlyList<DeclaredPorts>? declared =
                parsed.GetValue(pods) is { Length: > 0 } files ? DeclaredPortsInput.Read(files, terminal) : null;
            IReadOnlyList<DeclaredServicePort>? named = DeclaredServicesInput.Read(parsed.GetValue(services), terminal);
            NodeSnapshot node = SnapshotInput.Read(parsed.GetValue(snapshot), terminal);
            IReadOnlyList<Finding> findings = NodeFindings.Find(node, declared, named);
            bool isAllRead = UnreadableParts.OfFindings(node).Count == 0;
            if (parsed.GetValue(format) == "json")
            {
                FindingJson.Write(terminal.Output, findings, node);
            }
            else
            {
                FindingText.Write(terminal.Output, findings, isAllRead, terminal.Colour);
            }

            UnreadableParts.Write(terminal.Error, "berth doctor", UnreadableParts.OfFindings(node));
            return findings.Count > 0 ? ExitCode.Findings
                : isAllRead ? ExitCode.Clean
                : ExitCode.Unusable;
        });
        return command;
    }
}
