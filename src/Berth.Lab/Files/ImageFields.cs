using System.Globalization;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Reads what images run.</summary>
internal static class ImageFields
{
    // Without an entry of the file: what the names of these images promise.
    private static readonly ImageEntry[] Known =
    [
        Of("echo", BuiltInProgram.Echo), Of("nginx", BuiltInProgram.Nginx),
        Of("mariadb", BuiltInProgram.Mariadb), Of("mysql", BuiltInProgram.Mariadb),
    ];

    public static IReadOnlyList<ImageEntry> Read(FieldReader root, LabFields fields)
    {
        List<ImageEntry> images = [];
        foreach (FieldReader item in fields.Maps(root, "images"))
        {
            if (fields.Part(() => ReadImage(item, fields)) is ImageEntry image)
            {
                if (images.Find(former => former.Image == image.Image) is ImageEntry former)
                {
                    fields.Error(
                        image.At, $"{item.PathOf("image")}: {former.At} says what {image.Image} runs, and registries and tags make no difference: remove one");
                }

                images.Add(image);
            }
        }

        return [.. images, .. Known];
    }

    /// <summary>The part of an image's name that says what it is: <c>nginx</c> of <c>docker.io/library/nginx:1.27</c>.</summary>
    public static string NameOf(string image)
    {
        string last = image[(image.LastIndexOf('/') + 1)..];
        int end = last.AsSpan().IndexOfAny(':', '@');
        return end < 0 ? last : last[..end];
    }

    private static ImageEntry ReadImage(FieldReader item, LabFields fields)
    {
        fields.Only(item, "image", "runs", "command", "listens");
        Located<string> image = LabFields.Required(item, "image");
        BuiltInProgram? runs = LabFields.Word<BuiltInProgram?>(
            item, "runs", null, ("echo", BuiltInProgram.Echo), ("nginx", BuiltInProgram.Nginx), ("mariadb", BuiltInProgram.Mariadb));
        List<string> command = [.. item.Texts("command").Select(static text => text.Value)];
        if (runs is null == (command.Count == 0))
        {
            throw new ManifestFormatException(
                item.At, $"{item.PathOf("runs")}: say either what it runs (echo, nginx or mariadb) or a command");
        }

        return new ImageEntry(
            NameOf(image.Value), runs, command, [.. item.Texts("listens").Select(text => Port(item.PathOf("listens"), text))], item.At);
    }

    private static PortNumber Port(FieldPath path, Located<string> text)
    {
        string[] parts = text.Value.Split('/');
        return parts.Length == 2 && parts[1] is "tcp" or "udp"
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535
            ? new PortNumber(port, parts[1] == "udp")
            : throw new ManifestFormatException(text.At, $"{path}: \"{text.Value}\", but must be a port and a protocol, such as 9100/tcp");
    }

    private static ImageEntry Of(string image, BuiltInProgram runs) => new(image, runs, [], [], new Location("(built in)", 1, 1));
}
