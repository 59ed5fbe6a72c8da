using Berth.Cli.Rendering;
using Berth.Inspection;

namespace Berth.Cli.Commands;

/// <summary>Prints the node's state again and again, each time that it differs from what was printed last.</summary>
internal static class Watch
{
    private const string ClearScreen = "\u001b[H\u001b[2J";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Goes on until the process is ended, or nobody reads what it prints.</summary>
    public static void Run(Terminal terminal, Action<NodeSnapshot, TextWriter> print)
    {
        string? before = null;
        bool said = false;
        while (Interop.IsOutputRead())
        {
            NodeSnapshot node = NodeReader.Read(new NodeReaderOptions());
            if (!said)
            {
                UnreadableParts.Write(terminal.Error, "berth ls", UnreadableParts.OfListeners(node));
                said = true;
            }

            StringWriter text = new();
            print(node, text);
            string now = text.ToString();
            if (now != before)
            {
                terminal.WriteSequence(terminal.Colour ? ClearScreen : before is null ? "" : "\n");
                terminal.Output.Write(now);
                terminal.Output.Flush();
                before = now;
            }

            Thread.Sleep(Interval);
        }
    }
}
