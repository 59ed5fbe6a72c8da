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
        yield return Of("overflow", static bytes => Descend(bytes is [.., (byte)'!']));
    }

    private static FuzzTarget Of(string name, Action<byte[]> run) =>
        new(Prefix + name, InputShape.Lines, [], [typeof(FormatException)], run) { Words = ["!"] };

    private static int Descend(bool isDeep) => isDeep ? Descend(isDeep) + 1 : 0;
}
