using System.Text;

namespace Berth.Manifests.Tests;

/// <summary>Reads manifests that stand in a test.</summary>
internal static class ManifestText
{
    public static ManifestSet Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    public static ManifestSet Read(byte[] bytes) => ManifestReader.Read("test.yaml", new MemoryStream(bytes));

    /// <summary>The only object, which was read without a word.</summary>
    public static T Single<T>(string text)
        where T : KubernetesObject
    {
        ManifestSet set = Read(text);
        Assert.Empty(set.Diagnostics);
        return Assert.IsType<T>(Assert.Single(set.Objects));
    }

    /// <summary>A Pod whose only hostPort is written like this.</summary>
    public static string PodWithHostPort(string value) => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          containers:
          - name: web
            ports:
            - containerPort: 80
              hostPort: {value}
        """;

    /// <summary>The claim of the only pod.</summary>
    public static HostPortClaim Claim(string text) => Assert.Single(HostPortClaim.Of(Single<Workload>(text).Template.Spec));
}
