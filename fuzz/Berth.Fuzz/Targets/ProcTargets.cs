using System.Text;
using Berth.HostPorts.Nftables;
using Berth.Inspection;

namespace Berth.Fuzz;

/// <summary>What /proc tells of processes, IPVS and queues, and the names of the files in a runtime's cache.</summary>
internal static class ProcTargets
{
    internal static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget("proc", InputShape.Lines, ["proc"], [], Proc)
        {
            MaxLength = 4096,
            Words =
            [
                "TCP", "UDP", "SCTP", "FWM", "->", "0A600001:0050", "[fd00:0010:0096:0000:0000:0000:0000:0001]:01BB", "00000007", "rr", "Masq", "Route",
                "1", "0", "socket:[4711]", "anon_inode:[eventpoll]", "0::/kubepods.slice/pod1", "12:cpu,cpuacct:/docker/0123", "[", "]", ":",
            ],
        };
        yield return new FuzzTarget("cache-names", InputShape.Lines, ["cache-names"], [], Names)
        {
            MaxLength = 4096,
            Words = ["podnet", "-", "c0ffee", "-eth0", "a-b", "net1"],
        };
    }

    private static void Proc(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        string[] lines = text.Split('\n');
        foreach (IpvsService service in IpvsReader.Parse(lines))
        {
            if (service.Protocol == 0 != (service.Address is null))
            {
                throw new ContractException($"a service without what it is reached by: {service}");
            }
        }

        _ = QueueReader.Parse(lines);
        _ = ProcessReader.Arguments(bytes);
        if (ProcessReader.ControlGroup(lines) is "")
        {
            throw new ContractException("a control group without a name");
        }

        foreach (string line in lines)
        {
            _ = ProcessReader.SocketOf(line);
        }
    }

    // The reference's mappings of a container that is not found here are removed: whoever may be meant by a name is found.
    private static void Names(byte[] bytes)
    {
        string[] names = [.. Encoding.UTF8.GetString(bytes).Split('\n').Where(static name => name.Length is > 0 and < 256)];
        CachedContainers containers = new(names);
        foreach (string name in names)
        {
            string[] parts = name.Split('-');
            for (int first = 1; first < parts.Length - 1; first++)
            {
                string container = string.Join('-', parts[first..^1]);
                if (!containers.Contains(container))
                {
                    throw new ContractException($"{container} is not found in {name}");
                }
            }
        }
    }
}
