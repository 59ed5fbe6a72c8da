using System.Globalization;

namespace Berth.Inspection;

/// <summary>Reads which queues programs listen to (nfnetlink_queue's seq_show(): the queue is a line's first number).</summary>
internal static class QueueReader
{
    private const string Listeners = "/proc/thread-self/net/netfilter/nfnetlink_queue";

    internal static Part<IReadOnlyList<int>> Read()
    {
        // Before a program asks for a queue the module is not there: then nobody listens.
        if (!File.Exists(Listeners))
        {
            return Part.Of<IReadOnlyList<int>>([]);
        }

        List<int> queues = [];
        foreach (string line in File.ReadLines(Listeners))
        {
            if (int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out int queue))
            {
                queues.Add(queue);
            }
        }

        queues.Sort();
        return Part.Of<IReadOnlyList<int>>(queues);
    }
}
