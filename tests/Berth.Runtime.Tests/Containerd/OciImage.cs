using System.Security.Cryptography;
using System.Text;
using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Containerd;

/// <summary>An image of one layer in OCI's image layout, so that none is pulled from anywhere.</summary>
internal static class OciImage
{
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
            {"architecture":"{{Architecture}}","os":"linux","config":{"Cmd":["/bin/sleep","1000000"],"Env":["PATH=/bin"]},
             "rootfs":{"type":"layers","diff_ids":["sha256:{{root}}"] } }
            """);
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{Add(blobs, config)}}","size":{{config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:{{root}}","size":{{content.Length}}}]}
            """);
        File.WriteAllText(layout + "/index.json", $$"""
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "digest":"sha256:{{Add(blobs, manifest)}}","size":{{manifest.Length}},
             "annotations":{"io.containerd.image.name":"{{name}}"} }] }
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

    private static string Add(string blobs, byte[] content)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes($"{blobs}/{digest}", content);
        return digest;
    }
}
