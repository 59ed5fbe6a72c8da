using Berth.Manifests;

namespace Berth.Lab;

/// <summary>What a container runs here.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Ports">The ports that it will listen on.</param>
/// <param name="Patience">How long it may take until it does.</param>
internal sealed record ContainerProgram(IReadOnlyList<string> Command, IReadOnlyList<PortNumber> Ports, TimeSpan Patience)
{
    /// <summary>How long what has nothing to prepare may take.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromSeconds(20);

    /// <summary>Makes the command line, and the files that it needs below a directory of its own.</summary>
    /// <exception cref="LabUnsupportedException">A program is not here.</exception>
    public static ContainerProgram Create(PodRecord pod, Container container, ImageEntry image, LabTools tools)
    {
        List<PortNumber> ports = [];
        foreach (ContainerPort port in container.Ports)
        {
            if (port.Port is { Value: > 0 and <= 65535 } number)
            {
                ports.Add(new PortNumber(number.Value, port.Protocol is { Value: "UDP" }));
            }
        }

        ports.AddRange(image.Listens);
        string directory = $"{LabDirectories.OfPod(pod.Namespace, pod.Name)}/{container.Name}";
        Directory.CreateDirectory(directory);
        return image.Runs switch
        {
            BuiltInProgram.Echo => new(Echo(pod, ports, tools), ports, Quick),
            BuiltInProgram.Nginx => NginxProgram.Create(pod, directory, ports),
            BuiltInProgram.Mariadb => MariadbProgram.Create(pod, container, directory, ports),
            _ => new(image.Command, ports, Quick),
        };
    }

    private static List<string> Echo(PodRecord pod, List<PortNumber> ports, LabTools tools)
    {
        List<string> command = [.. tools.Self, "lab", "echo", "--name", pod.ShortName];
        foreach (PortNumber port in ports)
        {
            command.Add(port.ToString());
        }

        return command;
    }
}
