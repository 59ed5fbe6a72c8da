using System.Text;
using System.Text.Json;

namespace Berth.Cni.Tests;

/// <summary>One call of a plugin inside this process, with a complete environment unless a test changes it.</summary>
internal sealed class PluginCall : ICniPlugin
{
    public Dictionary<string, string> Environment { get; } = new()
    {
        ["CNI_COMMAND"] = "ADD",
        ["CNI_CONTAINERID"] = "abc",
        ["CNI_NETNS"] = "/run/netns/pod",
        ["CNI_IFNAME"] = "eth0",
        ["CNI_PATH"] = "/x",
    };

    public byte[] Input { get; set; } = [];

    public CniRequest? Seen { get; private set; }

    public Exception? Failure { get; set; }

    public int ExitCode { get; private set; }

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public int Code => Json.GetProperty("code").GetInt32();

    public string Message => Json.GetProperty("msg").GetString()!;

    public string? Details => Json.TryGetProperty("details", out JsonElement details) ? details.GetString() : null;

    public static PluginCall Run(
        string verb, string input, Action<Dictionary<string, string>>? change = null, Exception? failure = null) =>
        Run(verb, Encoding.UTF8.GetBytes(input), change, failure);

    public static PluginCall Run(
        string verb, byte[] input, Action<Dictionary<string, string>>? change = null, Exception? failure = null)
    {
        PluginCall call = new() { Input = input, Failure = failure };
        call.Environment["CNI_COMMAND"] = verb;
        change?.Invoke(call.Environment);
        call.Run(new MemoryStream(input));
        return call;
    }

    public void Run(Stream stdin)
    {
        using MemoryStream stdout = new();
        using MemoryStream stderr = new();
        ExitCode = CniPluginHost.Run(
            this, name => Environment.GetValueOrDefault(name), stdin, stdout, stderr, "CNI test plugin");
        Output = Encoding.UTF8.GetString(stdout.ToArray());
        Errors = Encoding.UTF8.GetString(stderr.ToArray());
    }

    public CniResult Add(CniRequest request)
    {
        See(request);
        return request.PrevResult ?? throw CniException.Internal("must be called as chained plugin");
    }

    public void Del(CniRequest request) => See(request);

    public void Check(CniRequest request) => See(request);

    public void Gc(CniRequest request) => See(request);

    public void Status(CniRequest request) => See(request);

    private void See(CniRequest request)
    {
        Seen = request;
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
