namespace Berth.Runtime.Tests.Ground;

/// <summary>While it lasts, every call of portmap goes through a script that notes what the runtime said, and what
/// portmap answered.</summary>
internal sealed class Recording : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("calls-").FullName;

    internal Recording(string portmap)
    {
        string script = Path.Combine(_directory, "portmap");
        File.WriteAllText(script, $$"""
            #!/bin/sh
            call={{_directory}}/$(date +%s%N).$CNI_COMMAND
            cat >"$call.stdin"
            env | grep ^CNI_ >"$call.env"
            {{portmap}} <"$call.stdin" >"$call.stdout" 2>"$call.stderr"
            code=$?
            cat "$call.stderr" >&2
            cat "$call.stdout"
            echo "$code" >"$call.code"
            exit "$code"
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CniPlugins.Use(script);
    }

    /// <summary>The calls that have ended, oldest first.</summary>
    internal IReadOnlyList<RecordedCall> Calls =>
    [
        .. Directory.EnumerateFiles(_directory, "*.code").Order(StringComparer.Ordinal)
            .Select(file => RecordedCall.Read(Path.ChangeExtension(file, null))),
    ];

    /// <summary>The calls that change or compare something: without the VERSION that libcni asks before them.</summary>
    internal IReadOnlyList<string> Verbs => [.. Calls.Select(c => c.Verb).Where(v => v != "VERSION")];

    /// <summary>The one call with this verb.</summary>
    internal RecordedCall Only(string verb) => Assert.Single(Calls, c => c.Verb == verb);

    public void Dispose()
    {
        CniPlugins.UsePublished();
        Directory.Delete(_directory, recursive: true);
    }
}
