using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>Prints listeners in one of the formats.</summary>
internal static class ListenerOutput
{
    public static void Write(
        TextWriter output, IReadOnlyList<Listener> listeners, NodeSnapshot node, string format, bool withHeader, bool colour)
    {
        switch (format)
        {
            case "json":
                ListenerJson.Write(output, listeners, node);
                break;
            case "name":
                foreach (Listener listener in listeners)
                {
                    output.WriteLine(
                        $"{listener.Kind.ToText()}/{ListenerText.Protocol(listener)}/{ListenerText.Place(listener)}");
                }

                break;
            case "wide":
                ListenerTable.WriteWide(output, listeners, withHeader, colour);
                break;
            default:
                ListenerTable.Write(output, listeners, withHeader, colour);
                break;
        }
    }
}
