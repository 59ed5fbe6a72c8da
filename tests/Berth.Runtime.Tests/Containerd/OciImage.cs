using System.Security.Cryptography;
using System.Text;
using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Containerd;

/// <summary>An image of one layer in OCI's image layout, so that none is pulled from anywhere.</summary>
internal static class OciImage
{
    private const string Type = "application/vnd.oci.image.";

    /// <summary>Writes the archive that <c>ctr images import</c> takes.</summary>
    /// <param name="archive">To write.</param>
    /// <param name="layer">An uncompressed tar of the root file system.</param>
    /// <param name="name">Of the image, with its tag.</param>
    internal static void Write(string archive, string layer, string name)
    {
        string layout = Directory.CreateTempSubdirectory("image-").FullName;
        string blobs = Directory.CreateDirectory(layout + "/blobs/sha256").FullName;
        byte[] content = File.ReadAllBytes(layer);
        string root = Add(blobs, content);
        byte[] config = Encoding.UTF8.GetBytes($$"""
            {"architecture":"{{Architecture}}","os":"linux",
             "config":{"Cmd":["/bin/sleep","1000000"],"Env":["PATH=/bin"]},
             "rootfs":{"type":"layers","diff_ids":["sha256:{{root}}"] } }
            """);
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{Type}}manifest.v1+json",
             "config":{{Descriptor("config.v1+json", Add(blobs, config), config)}},
             "layers":[{{Descriptor("layer.v1.tar", root, content)}}]}
            """);
        File.WriteAllText(layout + "/index.json", $$"""
            {"schemaVersion":2,"manifests":[{{Descriptor("manifest.v1+json", Add(blobs, manifest), manifest, name)}}]}
            """);
        File.WriteAllText(layout + "/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        Command.Succeed("tar", "-C", layout, "-cf", archive, ".");
        Directory.Delete(layout, recursive: true);
    }

    // The names that OCI took from Go.
    private static string Architecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture other => throw new PlatformNotSupportedException(other.ToString()),
    };

    private static string Descriptor(string type, string digest, byte[] content, string? name = null) => $$"""
        {"mediaType":"{{Type}}{{type}}","digest":"sha256:{{digest}}","size":{{content.Length}}{{Annotation(name)}}}
        """;

    private static string Annotation(string? name) => name is null
        ? string.Empty
        : $$""","annotations":{"io.containerd.image.name":"{{name}}"}""";

    private static string Add(string blobs, byte[] content)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes($"{blobs}/{digest}", content);
        return digest;
    }
}
