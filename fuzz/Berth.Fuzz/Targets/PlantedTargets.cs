namespace Berth.Fuzz;

/// <summary>Readers that are broken on purpose: what finds nothing in them finds nothing anywhere. Never run unless named.</summary>
internal static class PlantedTargets
{
    internal const string Prefix = "planted-";

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return Of("exception", static bytes => _ = bytes is [.., (byte)'!'] ? bytes[bytes.Length] : 0);
        yield return Of("hang", static bytes =>
        {
            while (bytes is [.., (byte)'!'])
            {
            }
        });
        yield return Of("sleep", static bytes => Thread.Sleep(bytes is [.., (byte)'!'] ? 1500 : 0));
        yield return Of("lock", static bytes =>
        {
            if (bytes is [.., (byte)'!'])
            {
                using ManualResetEventSlim never = new();
                never.Wait();
            }
        });

        // Not so slow as to be a hang, unless it has to share its processor with many.
        yield return Of("slow", static bytes =>
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            while (bytes is [.., (byte)'!'] && Environment.CpuUsage.TotalTime - start < Trial.Limit / 4)
            {
            }
        });
        yield return Of("overflow", static bytes => Descend(bytes is [.., (byte)'!']));
    }

    private static FuzzTarget Of(string name, Action<byte[]> run) =>
        new(Prefix + name, InputShape.Lines, [], [typeof(FormatException)], run) { Words = ["!"] };

    private static int Descend(bool isDeep) => isDeep ? Descend(isDeep) + 1 : 0;
}
