namespace Berth.Lab;

/// <summary>nginx, which says on every port who it is and whom it sees.</summary>
internal static class NginxProgram
{
    private const int DefaultPort = 80;

    /// <summary>Writes its configuration; the command line that runs it.</summary>
    /// <exception cref="LabUnsupportedException">There is no nginx here.</exception>
    public static ContainerProgram Create(PodRecord pod, string directory, IReadOnlyList<PortNumber> ports)
    {
        string program = Programs.Find("nginx")
            ?? throw new LabUnsupportedException("there is no nginx here, which a pod runs: apt-get install nginx-light");
        PortNumber[] own = ports.Any(static port => !port.IsUdp) ? [.. ports.Where(static port => !port.IsUdp)] : [new PortNumber(DefaultPort, IsUdp: false)];
        string listens = string.Concat(own.Distinct().Select(static port => $"listen {port.Port}; "));
        string temporary = string.Concat(
            ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(name => $"{name}_temp_path {directory}/{name}; "));
        string file = directory + "/nginx.conf";
        File.WriteAllText(file, $$"""
            daemon off;
            master_process off;
            pid {{directory}}/pid;
            error_log {{directory}}/error.log;
            events {}
            http {
                access_log off;
                {{temporary}}
                server {
                    {{listens}}
                    location / { return 200 "name={{pod.ShortName}} address=$server_addr source=$remote_addr\n"; }
                }
            }
            """);
        return new ContainerProgram([program, "-e", directory + "/error.log", "-c", file], own, ContainerProgram.Quick);
    }
}
