using System.Text;

namespace Berth.Manifests.Tests.Yaml;

public sealed class YamlTests
{
    [Fact]
    public void An_alias_is_the_value_of_its_anchor_and_stands_where_that_stands()
    {
        Workload pod = ManifestText.Single<Workload>("""
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: a
                ports: &ports
                - {containerPort: 80, hostPort: 8080}
              - name: b
                ports: *ports
            """);

        IReadOnlyList<HostPortClaim> claims = HostPortClaim.Of(pod.Template.Spec);
        Assert.Equal(["a", "b"], claims.Select(static claim => claim.Container.Name));
        Assert.All(claims, static claim => Assert.Equal(new Location("test.yaml", 7, 37), claim.At));
    }

    [Theory]
    [InlineData("<<: *base", 8080)]
    [InlineData("<<: *base\n      hostPort: 9090", 9090)]
    [InlineData("hostPort: 9090\n      <<: *base", 8080)]
    [InlineData("<<: [*base, {hostPort: 7070, hostIP: 192.0.2.1}]", 8080)]
    [InlineData("<<: [{hostPort: 7070}, *base]", 7070)]
    [InlineData("<<: {hostPort: 7070}\n      containerPort: 80", 7070)]
    public void Merge_keys_are_merged_in_the_order_in_which_kubectl_does(string entry, int port)
    {
        HostPortClaim claim = ManifestText.Claim($"""
            base: &base
              containerPort: 80
              hostPort: 8080
            kind: Pod
            metadata:
              name: web
            spec:
              containers:
              - name: web
                ports:
                - {entry}
            """);

        Assert.Equal(port, claim.Port);
    }

    [Theory]
    [InlineData("a: *nowhere", 1, 4, "no anchor &nowhere stands before *nowhere")]
    [InlineData("a: &a [*a]", 1, 8, "the value of the anchor &a contains itself")]
    [InlineData("a: 1\n<<: 2", 2, 1, "<< merges maps, and this is none: `2` is a number")]
    [InlineData("? [a]\n: 1", 1, 3, "a list cannot be a key")]
    [InlineData("{{ .Values.name }}: 1", 1, 2, "a map cannot be a key; templates must be rendered first")]
    public void What_means_nothing_is_one_diagnostic(string text, int line, int column, string message)
    {
        Diagnostic diagnostic = Assert.Single(ManifestText.Read(text).Diagnostics);

        Assert.Equal((DiagnosticSeverity.Error, line, column), (diagnostic.Severity, diagnostic.At.Line, diagnostic.At.Column));
        Assert.StartsWith(message, diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_duplicate_keys_the_last_is_taken_and_that_is_said()
    {
        ManifestSet set = ManifestText.Read(ManifestText.PodWithHostPort("8080\n      hostPort: 9090"));

        Assert.Equal(9090, Assert.Single(HostPortClaim.Of(Assert.Single(set.Workloads).Template.Spec)).Port);
        Diagnostic diagnostic = Assert.Single(set.Diagnostics);
        Assert.Equal(
            (DiagnosticSeverity.Warning, new Location("test.yaml", 11, 7), true),
            (diagnostic.Severity, diagnostic.At, set.IsComplete));
        Assert.Equal("`hostPort` is given twice (first in line 10), and kubectl takes the last: remove one", diagnostic.Message);
    }

    [Fact]
    public void A_key_that_came_by_a_merge_may_be_given_again()
    {
        Assert.Empty(ManifestText.Read("base: &base {a: 1}\nx: {<<: *base, a: 2}\n").Diagnostics);
    }

    [Theory]
    [InlineData("kind: Pod\nmetadata:\n\tname: web\n", 3)]
    [InlineData("kind: Pod\nmetadata:\n  name: web\n \tlabels: {}\n", 4)]
    [InlineData("kind: Pod\nspec:\n  containers:\n  - name: web\n\t  image: web\n", 5)]
    public void A_tab_is_named_where_it_stands(string text, int line)
    {
        Diagnostic diagnostic = Assert.Single(ManifestText.Read(text).Diagnostics);

        Assert.Equal((line, "a tab indents this line, which YAML forbids: use spaces"), (diagnostic.At.Line, diagnostic.Message));
    }

    [Theory]
    [InlineData("a: [1, 2\nb: 3\n", 2)]
    [InlineData("a: {\n b: 1\nc: 2\n", 3)]
    [InlineData("a: \"x\nb: 1\n", 1)]
    [InlineData("a: 'b'c\n", 1)]
    [InlineData("a: b\n  c: d\n", 2)]
    [InlineData("a:\n  b: 1\n c: 2\n", 3)]
    [InlineData("a: @x\n", 1)]
    [InlineData("a: 1\n...\nb: 2\n", 3)]
    [InlineData("{{- if .Values.x }}\na: 1\n", 1)]
    [InlineData("{\"a\": 1,\n \"b\": [}", 2)]
    [InlineData("--- {a: 1}\n", 1)]
    public void A_broken_document_is_one_diagnostic_with_its_position_and_the_others_are_read(string broken, int line)
    {
        string pod = ManifestText.PodWithHostPort("8080");

        ManifestSet set = ManifestText.Read($"{pod}\n{(broken.StartsWith('-') ? "" : "---\n")}{broken}\n---\n{pod}");

        Assert.Equal(2, set.Objects.Count);
        Diagnostic diagnostic = Assert.Single(set.Diagnostics);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal(line + (broken.StartsWith('-') ? 10 : 11), diagnostic.At.Line);
    }

    [Fact]
    public void Directives_comments_and_nothing_are_no_documents()
    {
        ManifestSet set = ManifestText.Read("# a comment\n%YAML 1.2\n---\n---\n\n--- # another\n# nothing\n---\nnull\n");

        Assert.Empty(set.Objects);
        Assert.Empty(set.Diagnostics);
        Assert.Empty(set.Skipped);
    }

    [Fact]
    public void A_flow_map_may_close_at_the_start_of_a_line()
    {
        Assert.Equal(8080, ManifestText.Claim("""
            kind: Pod
            metadata: {
              name: web
            }
            spec: {
              "containers": [
                {"name": "web", "ports": [{"containerPort": 80, "hostPort": 8080}]}
            ]
            }
            """).Port);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Line_ends_and_a_byte_order_mark_change_nothing(string newline)
    {
        string text = "\ufeff" + ManifestText.PodWithHostPort("8080").ReplaceLineEndings(newline)
            + $"{newline}---{newline}\ufeff---{newline}" + ManifestText.PodWithHostPort("9090").ReplaceLineEndings(newline);

        ManifestSet set = ManifestText.Read(text);

        Assert.Empty(set.Diagnostics);
        Assert.Equal(
            ["8080 at test.yaml:10:17", "9090 at test.yaml:22:17"],
            set.Workloads.SelectMany(static pod => HostPortClaim.Of(pod.Template.Spec))
                .Select(static claim => $"{claim.Port} at {claim.At}"));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'k', 0 }, 1, "this is UTF-16: save it as UTF-8")]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)'\n', (byte)'b', 0xFC }, 2, "byte 0xFC is not UTF-8: save it as UTF-8")]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)'\n', 0 }, 2, "the control character 0x00 is not allowed")]
    public void Another_encoding_is_named(byte[] bytes, int line, string message)
    {
        Diagnostic diagnostic = Assert.Single(ManifestText.Read(bytes).Diagnostics);

        Assert.Equal(line, diagnostic.At.Line);
        Assert.StartsWith(message, diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Billion_laughs_are_refused()
    {
        StringBuilder text = new("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 40; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Diagnostic diagnostic = Assert.Single(ManifestText.Read(text.ToString()).Diagnostics);

        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Contains("blow this document up, so it is refused", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_lists_by_aliases_are_refused_before_they_are_followed()
    {
        StringBuilder text = new("a0: &a0 {kind: List, items: []}\n");
        for (int i = 1; i < 60; i++)
        {
            text.Append($"a{i}: &a{i} {{kind: List, items: [*a{i - 1}, *a{i - 1}]}}\n");
        }

        text.Append("kind: List\nitems: [*a59]\n");
        Assert.Contains("refused", Assert.Single(ManifestText.Read(text.ToString()).Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_in_the_measure_of_people_are_welcome()
    {
        StringBuilder text = new("base: &base {containerPort: 80, protocol: TCP}\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n");
        for (int i = 0; i < 2000; i++)
        {
            text.Append($"  - {{name: c{i}, ports: [{{<<: *base, hostPort: {i + 1}}}]}}\n");
        }

        Assert.Equal(2000, HostPortClaim.Of(ManifestText.Single<Workload>(text.ToString()).Template.Spec).Count);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Deep_nesting_is_refused(char open, char close)
    {
        string text = "a: " + new string(open, 100_000) + new string(close, 100_000);

        Assert.Contains(
            "nested more than", Assert.Single(ManifestText.Read(text).Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_yaml_takes_for_booleans_and_numbers_are_texts_as_in_json()
    {
        Workload pod = ManifestText.Single<Workload>("kind: Pod\nmetadata: {name: web, labels: {on: a, 0x10: b, x: c}}\nspec: {}\n");

        Assert.Equal(["16", "true", "x"], pod.Metadata.Labels.Keys.Order());
    }
}
