namespace Berth.Kernel.Tests.Topology;

/// <summary>Whether a listing of our tables can be loaded as text: nft 1.0.6 converts the byte order of one byte as if of two, which
/// kernels refuse by now.</summary>
internal static class ConcatenatedRanges
{
    internal const string Refused = "this kernel refuses how this nft looks up l4proto in a set of intervals";

    internal static bool AreLoaded(Node node) => Command.Run(node.NetnsPath, "nft", ["--check", "-f", "-"], """
        table ip other {
            set ranges {
                type inet_proto . inet_service
                flags interval
            }

            chain look_up {
                meta l4proto . th dport @ranges return
            }
        }
        """).ExitCode == 0;
}
