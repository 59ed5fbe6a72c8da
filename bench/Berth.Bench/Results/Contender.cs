using System.Security.Cryptography;

namespace Berth.Bench.Results;

/// <summary>A plugin under test, as it describes itself.</summary>
/// <param name="About">The first line that it prints when called without CNI_COMMAND.</param>
/// <param name="Version">Its answer to VERSION.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="Digest">The start of the file's SHA-256, in hex: an about text need not name a version.</param>
internal sealed record Contender(string About, string Version, long Bytes, string Digest)
{
    /// <summary>What made it, and from what, where the file says so; else null.</summary>
    public string? Build { get; init; }

    /// <exception cref="BenchException">It cannot be run, or does not answer VERSION.</exception>
    public static Contender Describe(string path)
    {
        ProgramExit about = SpawnedProgram.Run(path, []);
        ProgramExit version = SpawnedProgram.Run("env", ["CNI_COMMAND=VERSION", path], "{\"cniVersion\":\"1.0.0\"}"u8);
        if (version.Code != 0)
        {
            throw new BenchException($"{path} VERSION exited with {version.Code}: {version.Output.Trim()}");
        }

        byte[] content = File.ReadAllBytes(path);
        return new Contender(
            about.Output.Split('\n')[0].Trim(),
            string.Concat(version.Output.Where(c => !char.IsWhiteSpace(c))),
            content.Length,
            Convert.ToHexStringLower(SHA256.HashData(content))[..16])
        {
            Build = GoBuild.Describe(content),
        };
    }
}
