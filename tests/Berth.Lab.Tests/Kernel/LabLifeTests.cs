using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Berth.Lab.Tests.Kernel;

/// <summary>How labs come and go: whatever happens, nothing of them stays.</summary>
public sealed class LabLifeTests
{
    private const string OneNode = """
        nodes: [{ name: node-1 }]
        manifests:
          - { apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }

        """;

    [Fact]
    public void What_is_not_as_expected_is_shown_with_its_place_and_ends_with_exit_code_1()
    {
        using LabFileOnDisk file = new(OneNode + """
            probes:
              - { from: outside, to: "node/node-1:8080", expect: web }
              - { from: outside, to: "node/node-1:8080", expect: somebody }
              - { from: outside, to: "node/node-1:8080", expect: web, source: node/node-1 }
              - { from: outside, to: "node/node-1:8080", expect: refused }
              - { pod: web, phase: Pending }
              - { pods: web, phase: Running, count: 2 }
              - { from: outside, to: "node/node-1:8080", expect: web, explain: no such rule }
              - { from: outside, to: "node/node-1:8080", expect: web, explain: true, tie: somebody }
              - { at: node/node-1, run: [echo, a], shows: [b, a, c] }
              - { at: node/node-1, run: [echo, a], hides: a }
              - { at: node/node-1, run: ["false"] }
              - { at: node/node-1, run: ["false"], hides: a }
              - { at: node/node-1, run: ["true"], exit: 1 }
              - { at: pod/web, captures: udp, while: { from: outside, to: "node/node-1:8080", expect: web }, sees: true }
              - { from: outside, to: "node/node-1:8080", expect: [web, somebody], explain: true }
              - { at: node/node-1, run: [nft, list, map, ip, berth, none], shows: none }
            """);
        LabProcess lab = LabProcess.Run("run", file.Path, "-o", "json").ExitsWith(1);

        JsonElement[] probes = [.. JsonDocument.Parse(lab.Output).RootElement.GetProperty("probes").EnumerateArray()];
        Assert.Equal(
            [true, .. Enumerable.Repeat(false, 15)], probes.Select(static probe => probe.GetProperty("asExpected").GetBoolean()));
        Assert.Equal("web (sees 192.0.2.1)", probes[2].GetProperty("seen").GetString());
        Assert.Equal("does not show b or c: a", probes[8].GetProperty("seen").GetString());
        Assert.Equal("shows a: a", probes[9].GetProperty("seen").GetString());
        Assert.Equal("web, but berth explain says web", probes[14].GetProperty("seen").GetString());
        Assert.StartsWith("exit code 1: Error: ", probes[15].GetProperty("seen").GetString(), StringComparison.Ordinal);
        Assert.Equal($"{file.Path}:8:5", probes[3].GetProperty("at").GetString());
        Assert.Contains("1 of 16 as expected (1 node, 1 pod, ", LabProcess.Run("run", file.Path).ExitsWith(1).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("select(undef, undef, undef, 9)")]
    [InlineData("close($c)")]
    [InlineData("setsockopt($c, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)); close($c)")]
    public void A_connection_on_which_nothing_comes_is_no_timeout(string then)
    {
        using LabFileOnDisk file = new($$"""
            nodes: [{ name: node-1 }]
            images:
              - image: silent
                command: [perl, "-MSocket", "-MIO::Socket::INET", -e, '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 9) or die; while ($c = $s->accept) { {{then.Replace("'", "\"", StringComparison.Ordinal)}} }']
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: silent }, spec: { containers: [{ name: c, image: silent, ports: [{ containerPort: 80 }] }] } }
            probes:
              - { from: node/node-1, to: "pod/silent:80", expect: timeout }
              - { from: node/node-1, to: "pod/silent:81", expect: timeout }
            """);
        LabProcess lab = LabProcess.Run("run", file.Path, "-o", "json").ExitsWith(1);

        Assert.Equal(
            ["connected, no answer", "refused"],
            JsonDocument.Parse(lab.Output).RootElement.GetProperty("probes").EnumerateArray().Select(static probe => probe.GetProperty("seen").GetString()));
    }

    [Fact]
    public void A_step_that_cannot_be_done_ends_it_with_exit_code_2_and_says_where()
    {
        using LabFileOnDisk file = new(OneNode + """
            steps:
              - { at: node/node-1, rule: { do: remove, chain: NONE, holding: x } }
              - { kill: pod/web, probes: [{ pod: web, phase: Running }] }
            """);
        LabProcess lab = LabProcess.Run("run", file.Path).ExitsWith(2);

        Assert.Contains($"{file.Path}:5:5: there is no rule that holds \"x\" in iptables's nat NONE", lab.Errors, StringComparison.Ordinal);
        Assert.Contains("0 of 0 as expected, and then it failed", lab.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_lab_does_nothing_with_in_a_file_of_manifests_is_passed_over_with_one_warning()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            manifests:
              - file: real.yaml
            probes: [{ pod: web, phase: Running }]
            """);
        string directory = Path.GetDirectoryName(file.Path)!;
        File.WriteAllText(Path.Combine(directory, "real.yaml"), """
            { apiVersion: v1, kind: Namespace, metadata: { name: x } }
            ---
            { apiVersion: v1, kind: ConfigMap, metadata: { name: y } }
            ---
            { apiVersion: v1, kind: ConfigMap, metadata: { name: z } }
            ---
            { apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: echo }] } }
            """);
        LabProcess lab = LabProcess.Run("run", file.Path).ExitsWith(0);

        Assert.Equal(
            $"{file.Path}:3:11: warning: manifests[0].file: passed over in {directory}/real.yaml, for a lab does nothing with it: 2 ConfigMap, 1 Namespace\n",
            lab.Errors);
    }

    [Fact]
    public void A_program_that_is_not_here_ends_it_with_exit_code_4_after_what_was_seen_so_far()
    {
        using LabFileOnDisk file = new(OneNode + """
            probes:
              - { pod: web, phase: Running }
              - { at: node/node-1, run: [no-such-program], shows: x }
            """);
        LabProcess lab = LabProcess.Run("run", file.Path).ExitsWith(4);

        Assert.Contains("ok     pod web", lab.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 1 as expected, and then it failed", lab.Output, StringComparison.Ordinal);
        Assert.Contains("there is no program no-such-program here: install the package that has it", lab.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_made_of_a_file_with_an_error()
    {
        using LabFileOnDisk file = new("nodes: []");
        LabProcess lab = LabProcess.Run("run", "examples/three-nginx.yaml", file.Path).ExitsWith(2);

        Assert.Empty(lab.Output);
        Assert.Contains($"{file.Path}:1:1: error: nodes: 0 of them", lab.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KILL", false)]
    [InlineData("INT", true)]
    [InlineData("TERM", false)]
    public void A_run_that_is_ended_in_the_middle_leaves_nothing(string signal, bool toAll)
    {
        using LabFileOnDisk file = new(OneNode + """
            probes:
              - { at: pod/web, run: [sleep, "60"] }
            """);
        using LabProcess lab = LabProcess.Start("run", file.Path);
        lab.WaitForProcess("sleep 60");
        Assert.False(lab.Process.HasExited, lab.Errors);

        // A terminal sends its signal to all of the group; who kills a process means this one.
        Send(signal, lab.Process.Id, toAll);
        lab.Process.WaitForExit();

        lab.AssertNothingIsLeft();
    }

    [Fact]
    public void Up_stays_ps_exec_and_ls_look_into_it_and_down_ends_it()
    {
        using LabFileOnDisk file = new(OneNode);
        using LabProcess up = LabProcess.RunAndLeave("up", file.Path).ExitsWith(0);
        Assert.Contains($"berth lab down {file.Name}", up.Output, StringComparison.Ordinal);

        string list = LabProcess.RunAndLeave("ps", file.Name).ExitsWith(0).Output;
        Assert.Contains("default    web  Running  <none>  node-1  10.244.1.2  TCP 8080", list, StringComparison.Ordinal);
        Assert.Equal(7, LabProcess.RunAndLeave("exec", "--lab", file.Name, "node-1", "--", "sh", "-c", "exit 7").Process.ExitCode);
        Assert.Equal("node-1\n", LabProcess.RunAndLeave("exec", "--lab", file.Name, "node/node-1", "--", "hostname").ExitsWith(0).Output);
        Assert.Equal("web\n", LabProcess.RunAndLeave("exec", "--lab", file.Name, "web", "--", "hostname").ExitsWith(0).Output);
        Assert.Contains(
            "10.244.1.2/24",
            LabProcess.RunAndLeave("exec", "--lab", file.Name, "pod/web", "--", "ip", "-br", "address").ExitsWith(0).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "name=web address=10.244.1.2 source=192.0.2.1",
            LabProcess.RunAndLeave("exec", "--lab", file.Name, "outside", "--", "curl", "-s", "http://192.0.2.11:8080").ExitsWith(0).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "default/web", LabProcess.RunAndLeave("ls", "--lab", file.Name, "node-1", "8080").ExitsWith(0).Output, StringComparison.Ordinal);
        Assert.Contains(
            "delivered: pod default/web at 10.244.1.2:80",
            LabProcess.RunAndLeave("explain", "--lab", file.Name, "node-1", "--", "tcp", "127.0.0.1:8080", "--from-node").ExitsWith(0).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "it has node-1, outside, web", LabProcess.RunAndLeave("exec", "--lab", file.Name, "nowhere", "--", "true").ExitsWith(2).Errors,
            StringComparison.Ordinal);
        Assert.Contains("is there already", LabProcess.RunAndLeave("up", file.Path).ExitsWith(2).Errors, StringComparison.Ordinal);

        Assert.Equal($"{file.Name} is gone\n", LabProcess.RunAndLeave("down", file.Name).ExitsWith(0).Output);
        up.AssertNothingIsLeft();
        Assert.Contains("there is no running lab", LabProcess.RunAndLeave("down", file.Name).ExitsWith(2).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_may_be_called_as_a_node_or_as_the_outside()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: node-1 }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: outside }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }] }] } }
            probes:
              - { from: node/node-1, to: "pod/node-1:80", expect: node-1, source: gateway/node-1 }
              - { from: pod/node-1, to: "pod/outside:80", expect: outside, source: pod/node-1 }
              - { from: outside, to: "node/node-1:80", expect: refused }
              - { at: pod/outside, run: [hostname], shows: outside }
              - { at: pod/shop/web, run: [hostname], shows: web }
            """);
        using LabProcess up = LabProcess.RunAndLeave("up", "--steps", file.Path).ExitsWith(0);
        Assert.Contains("5 of 5 as expected", up.Output, StringComparison.Ordinal);

        Assert.Contains("flannel.1", Links("node-1"), StringComparison.Ordinal);
        Assert.Contains("flannel.1", Links("node/node-1"), StringComparison.Ordinal);
        Assert.DoesNotContain("flannel.1", Links("pod/node-1"), StringComparison.Ordinal);
        Assert.Contains("192.0.2.1/24", Links("outside"), StringComparison.Ordinal);
        Assert.Contains("10.244.1.", Links("pod/outside"), StringComparison.Ordinal);
        Assert.Contains("10.244.1.", Links("shop/web"), StringComparison.Ordinal);
        Assert.Contains(
            "it has node-1, outside, pod/node-1, pod/outside, shop/web",
            LabProcess.RunAndLeave("exec", "--lab", file.Name, "web", "--", "true").ExitsWith(2).Errors, StringComparison.Ordinal);
        LabProcess.RunAndLeave("down", file.Name).ExitsWith(0);
        up.AssertNothingIsLeft();

        string Links(string place) => LabProcess.RunAndLeave("exec", "--lab", file.Name, place, "--", "ip", "-br", "address").ExitsWith(0).Output;
    }

    [Fact]
    public void What_cannot_be_built_is_said_under_the_name_of_what_was_called()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            portmap: { plugin: /proc/self/mem }
            """);

        Assert.StartsWith($"berth lab: {file.Name}: Input/output error", LabProcess.Run("run", file.Path).ExitsWith(2).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Service_that_wants_what_another_was_given_ends_it_with_exit_code_2_and_says_where()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            manifests:
              - { apiVersion: v1, kind: Service, metadata: { name: one }, spec: { type: NodePort, ports: [{ port: 80 }] } }
            steps:
              - apply:
                  - { apiVersion: v1, kind: Service, metadata: { name: two }, spec: { type: NodePort, ports: [{ port: 80, nodePort: 30000 }] } }
            """);

        Assert.Equal(
            $"berth lab: {file.Name}: {file.Path}:6:121: nodePort: 30000 was given to Service default/one, which asks for none: give that one another\n",
            LabProcess.Run("run", file.Path).ExitsWith(2).Errors);
    }

    [Fact]
    public void Several_labs_are_told_apart_and_only_root_looks_into_them()
    {
        using LabFileOnDisk first = new(OneNode);
        using LabFileOnDisk second = new(OneNode + """
              - { apiVersion: v1, kind: Pod, metadata: { name: late }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 81, hostPort: 8080 }] }] } }
            probes: [{ at: pod/web, run: [sleep, "64"] }]
            """);
        using LabProcess up = LabProcess.RunAndLeave("up", first.Path).ExitsWith(0);

        // A run may go on beside a lab of its name that stays; that one is looked into, and down ends both.
        using LabProcess stays = LabProcess.RunAndLeave("up", second.Path).ExitsWith(0);
        using LabProcess run = LabProcess.Start("run", second.Path);
        run.WaitForProcess("sleep 64");

        // Others may be there too.
        string which = LabProcess.RunAndLeave("exec", "node-1", "--", "true").ExitsWith(2).Errors;
        Assert.Contains("say which lab with --lab NAME; there are ", which, StringComparison.Ordinal);
        Assert.All([first.Name, second.Name], name => Assert.Contains(name, which, StringComparison.Ordinal));
        Assert.Contains("name it, or give --all; there are ", LabProcess.RunAndLeave("down").ExitsWith(2).Errors, StringComparison.Ordinal);
        LabProcess.RunAndLeave("exec", "--lab", second.Name, "node-1", "--", "true").ExitsWith(0);

        JsonElement[] labs =
        [
            .. JsonDocument.Parse(LabProcess.RunAndLeave("ps", "-o", "json").ExitsWith(0).Output).RootElement.GetProperty("labs").EnumerateArray()
                .Where(lab => lab.GetProperty("name").GetString() == second.Name),
        ];
        Assert.Equal([false, true], labs.Select(static lab => lab.GetProperty("isRun").GetBoolean()));
        Assert.All(labs, static lab => Assert.Equal(
            "web", lab.GetProperty("state").GetProperty("pods")[0].GetProperty("name").GetString()));

        string list = LabProcess.RunAndLeave("ps", second.Name).ExitsWith(0).Output;
        Assert.Contains("default    late  Pending  Unschedulable  <none>", list, StringComparison.Ordinal);
        Assert.Contains(
            "default/late is Pending:\n  0/1 nodes are available: 1 node(s) didn't have free ports for the requested\n  pod ports.", list, StringComparison.Ordinal);
        Assert.Contains("The port is held by TCP 8080 on node-1: default/web", list, StringComparison.Ordinal);
        Assert.Contains($"{second.Name} ({second.Path}, process ", list, StringComparison.Ordinal);

        Assert.Contains("is root's: sudo berth lab ps", Unprivileged("ps", second.Name).ExitsWith(0).Output, StringComparison.Ordinal);
        Assert.Contains("is root's: sudo berth lab", Unprivileged("exec", "--lab", second.Name, "node-1", "--", "true").ExitsWith(2).Errors, StringComparison.Ordinal);
        Assert.Contains("needs root", Unprivileged("run", first.Path).ExitsWith(2).Errors, StringComparison.Ordinal);

        LabProcess.RunAndLeave("down", first.Name, second.Name).ExitsWith(0);
        run.Wait();
        up.AssertNothingIsLeft();
        stays.AssertNothingIsLeft();
        run.AssertNothingIsLeft();
    }

    private static LabProcess Unprivileged(params string[] arguments) => LabProcess.Program(
        ["setpriv", "--bounding-set=-all", "--inh-caps=-all", PublishedFiles.Berth, "lab", .. arguments]);

    [Fact]
    public void Up_does_the_steps_too_when_it_is_asked_to()
    {
        using LabFileOnDisk file = new(OneNode + """
            steps:
              - { delete: [pod/web], probes: [{ from: outside, to: "node/node-1:8080", expect: refused }] }
            """);
        using LabProcess up = LabProcess.RunAndLeave("up", "--steps", file.Path).ExitsWith(0);

        Assert.Contains("1 of 1 as expected", up.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("web", LabProcess.RunAndLeave("ps", file.Name).ExitsWith(0).Output, StringComparison.Ordinal);
        LabProcess.RunAndLeave("down", file.Name).ExitsWith(0);
        up.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("probes: [{ pod: web, phase: Running }]", 0, "", " is up. Look around")]
    [InlineData("probes: [{ pod: web, phase: Pending }]", 1, "", " is up, and not all is as expected. Look around")]
    [InlineData("steps: [{ at: node/node-1, run: [\"false\"] }]", 2, "run false on node/node-1: exit code 1", " is up, as far as it came. Look around")]
    [InlineData("probes: [{ at: node/node-1, run: [no-such-program], shows: x }]", 4, "there is no program no-such-program here", " is up, as far as it came. Look around")]
    public void Up_with_steps_has_the_exit_code_of_run_says_why_and_stays_all_the_same(string probes, int code, string error, string state)
    {
        using LabFileOnDisk file = new(OneNode + probes);
        using LabProcess up = LabProcess.RunAndLeave("up", "--steps", file.Path).ExitsWith(code);

        Assert.Contains(file.Name + state, up.Output, StringComparison.Ordinal);
        Assert.Contains(error, up.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("berth lab: up", up.Output + up.Errors, StringComparison.Ordinal);
        LabProcess.RunAndLeave("exec", "--lab", file.Name, "web", "--", "true").ExitsWith(0);
        LabProcess.RunAndLeave("down", file.Name).ExitsWith(0);
        up.AssertNothingIsLeft();
    }

    [Fact]
    public void Of_several_labs_each_is_printed_when_it_is_done()
    {
        using LabFileOnDisk first = new(OneNode + "probes: [{ pod: web, phase: Running }]\n");
        using LabFileOnDisk second = new(OneNode + "probes: [{ at: pod/web, run: [sleep, \"63\"] }]\n");
        using LabProcess run = LabProcess.Start("run", first.Path, second.Path);
        run.WaitForProcess("sleep 63");

        Assert.True(
            SpinWait.SpinUntil(() => run.Output.Contains("1 of 1 as expected", StringComparison.Ordinal), TimeSpan.FromSeconds(20)), run.Output);
        Assert.DoesNotContain(second.Name, run.Output, StringComparison.Ordinal);
        Send("TERM", run.Process.Id, toAll: false);
        run.Wait();
        run.AssertNothingIsLeft();
    }

    // 2 stands for what could not be done, 1 for what is wrong, 4 for what this machine lacks.
    [Theory]
    [InlineData(new[] { Lacking, Good }, 4)]
    [InlineData(new[] { Wrong, Lacking }, 1)]
    [InlineData(new[] { Lacking, Wrong }, 1)]
    [InlineData(new[] { Wrong, Impossible, Lacking }, 2)]
    public void Of_several_labs_the_gravest_end_is_the_exit_code_and_each_has_its_document(string[] probes, int code)
    {
        LabFileOnDisk[] files = [.. probes.Select(static probe => new LabFileOnDisk(OneNode + probe))];
        LabProcess run = LabProcess.Run(["run", "-o", "json", .. files.Select(static file => file.Path)]).ExitsWith(code);

        List<string> names = [];
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(run.Output), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            names.Add(JsonElement.ParseValue(ref reader).GetProperty("lab").GetString()!);
        }

        Assert.Equal(files.Select(static file => file.Name), names);
        Array.ForEach(files, static file => file.Dispose());
    }

    private const string Good = "probes: [{ pod: web, phase: Running }]";
    private const string Wrong = "probes: [{ pod: web, phase: Pending }]";
    private const string Lacking = "probes: [{ at: node/node-1, run: [no-such-program], shows: x }]";
    private const string Impossible = "steps: [{ at: node/node-1, run: [\"false\"] }]";

    [Fact]
    public void Down_ends_a_run_too_which_says_so()
    {
        using LabFileOnDisk file = new(OneNode + """
            probes:
              - { at: pod/web, run: [sleep, "62"] }
            """);
        using LabProcess run = LabProcess.Start("run", file.Path);
        run.WaitForProcess("sleep 62");

        Assert.Equal($"{file.Name} is gone\n", LabProcess.RunAndLeave("down", file.Name).ExitsWith(0).Output);
        run.Wait();
        run.ExitsWith(2).AssertNothingIsLeft();
        Assert.Equal($"berth lab run: {file.Name} was ended before it was done: by berth lab down, or by a signal\n", run.Errors);
    }

    [Fact]
    public void Down_ends_a_lab_whose_making_was_killed()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images: [{ image: slow, command: [sleep, "61"] }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: slow, ports: [{ containerPort: 80 }] }] } }
            """);
        using LabProcess lab = LabProcess.Start("up", file.Path);
        lab.WaitForProcess("sleep 61");
        Send("KILL", lab.Process.Id, toAll: false);
        lab.Process.WaitForExit();

        LabProcess.RunAndLeave("down", file.Name).ExitsWith(0);
        lab.AssertNothingIsLeft();
    }

    private static void Send(string signal, int process, bool toAll)
    {
        using Process kill = Process.Start("kill", ["-" + signal, "--", toAll ? $"-{process}" : $"{process}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
