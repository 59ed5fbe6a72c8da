using System.CommandLine;
using System.Net.Sockets;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary>The echo server that pods of a lab run.</summary>
internal static class LabEchoCommand
{
    public static Command Create()
    {
        Option<string> name = new("--name") { Description = "The name that it answers with.", Required = true };
        Argument<string[]> ports = new("PORT") { Description = "Ports such as 80/tcp and 53/udp." };
        Command command = new("echo", "Answer everybody with a name, the address that was asked, and the source address that was seen.") { name, ports };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            try
            {
                new EchoServer(parsed.GetValue(name)!, parsed.GetValue(ports) ?? []).Run();
            }
            catch (Exception e) when (e is SocketException or FormatException or OverflowException)
            {
                throw new CommandException($"{string.Join(' ', parsed.GetValue(ports) ?? [])}: {e.Message}", e);
            }

            return ExitCode.Clean;
        });
        return command;
    }
}
