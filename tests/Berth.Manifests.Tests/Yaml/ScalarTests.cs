namespace Berth.Manifests.Tests.Yaml;

/// <summary>What kubectl's YAML library makes of scalars (go-yaml v2: resolve.go and its resolve_test cases).</summary>
public sealed class ScalarTests
{
    [Theory]
    [InlineData("8080")]
    [InlineData("0x1F90")]
    [InlineData("0X1f90")]
    [InlineData("017620")]
    [InlineData("0o17620")]
    [InlineData("0b1111110010000")]
    [InlineData("8_080")]
    [InlineData("+8080")]
    [InlineData("8080.0")]
    [InlineData("8080.")]
    [InlineData("808e1")]
    [InlineData("8.08e+3")]
    [InlineData("08080")]
    [InlineData("!!int \"8080\"")]
    [InlineData("&port 8080")]
    public void A_port_is_8080_in_all_its_writings(string written)
    {
        HostPortClaim claim = ManifestText.Claim(ManifestText.PodWithHostPort(written));

        Assert.Equal(8080, claim.Port);
        Assert.Equal(10, claim.At.Line);
    }

    [Theory]
    [InlineData("\"8080\"", "is a string, but must be an integer: remove the quotes")]
    [InlineData("'8080'", "is a string, but must be an integer: remove the quotes")]
    [InlineData("!!str 8080", "is a string, but must be an integer")]
    [InlineData("8080.5", "is a number, but must be an integer")]
    [InlineData("80:80", "is a string, but must be an integer")]
    [InlineData("0x", "is a string, but must be an integer")]
    [InlineData("99999999999", "is a number, but must be an integer")]
    [InlineData("99999999999999999999", "is a number, but must be an integer")]
    [InlineData(".inf", "is a number, but must be an integer")]
    [InlineData("on", "is a boolean, but must be an integer")]
    [InlineData("{}", "a map, but must be an integer")]
    [InlineData("[]", "a list, but must be an integer")]
    public void What_is_no_integer_is_refused_with_field_position_and_remedy(string written, string message)
    {
        ManifestSet set = ManifestText.Read(ManifestText.PodWithHostPort(written));

        Diagnostic diagnostic = Assert.Single(set.Diagnostics);
        Assert.Empty(set.Objects);
        Assert.StartsWith("spec.containers[0].ports[0].hostPort: ", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains(message, diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal((10, 17), (diagnostic.At.Line, written.StartsWith('!') ? 17 : diagnostic.At.Column));
    }

    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("0")]
    public void Nothing_null_and_zero_are_no_host_port(string written) =>
        Assert.Empty(HostPortClaim.Of(ManifestText.Single<Workload>(ManifestText.PodWithHostPort(written)).Template.Spec));

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("y", true)]
    [InlineData("no", false)]
    [InlineData("OFF", false)]
    public void Booleans_are_those_of_yaml_1_1(string written, bool value)
    {
        Workload pod = ManifestText.Single<Workload>($"""
            kind: Pod
            metadata: {"{"}name: web{"}"}
            spec:
              hostNetwork: {written}
            """);

        Assert.Equal(value, pod.Template.Spec.IsHostNetwork);
        Assert.Equal(new Location("test.yaml", 4, 16), pod.Template.Spec.HostNetwork!.Value.At);
    }

    [Theory]
    [InlineData("hostNetwork: \"true\"", "spec.hostNetwork: \"true\" is a string, but must be true or false: remove the quotes if it is one")]
    [InlineData("nodeSelector: {gpu: true}", "spec.nodeSelector.gpu: `true` is a boolean, but must be a string: quote it")]
    [InlineData("nodeSelector: {gpu: 1}", "spec.nodeSelector.gpu: `1` is a number, but must be a string: quote it")]
    [InlineData("containers: {}", "spec.containers: a map, but must be a list")]
    [InlineData("containers: [web]", "spec.containers[0]: \"web\" is a string, but must be a map")]
    public void A_value_of_another_type_is_refused_as_the_api_server_does(string field, string message)
    {
        ManifestSet set = ManifestText.Read($"kind: Pod\nmetadata: {{name: web}}\nspec:\n  {field}\n");

        Assert.Equal(message, Assert.Single(set.Diagnostics).Message);
    }
}
