using System.Globalization;

namespace Berth.Inspection;

/// <summary>Reads which queues programs listen to (nfnetlink_queue's seq_show(): the queue is a line's first number).</summary>
internal static class QueueReader
{
    private const string Listeners = "/proc/thread-self/net/netfilter/nfnetlink_queue";

    // Before a program asks for a queue the module is not there: then nobody listens.
    internal static Part<IReadOnlyList<int>> Read() =>
        Part.Of<IReadOnlyList<int>>(File.Exists(Listeners) ? Parse(File.ReadLines(Listeners)) : []);

    internal static List<int> Parse(IEnumerable<string> lines)
    {
        List<int> queues = [];
        foreach (string line in lines)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, ..]
                && int.TryParse(first, CultureInfo.InvariantCulture, out int queue))
            {
                queues.Add(queue);
            }
        }

        queues.Sort();
        return queues;
    }
}
