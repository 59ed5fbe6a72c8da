using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that the variables of a container have values here. A lab has no Secrets and no ConfigMaps, and what a program makes of a
/// variable that is not there may look as if all were well: a database would have a user without a password.</summary>
internal static class EnvironmentCheck
{
    // Of MariaDB's images: what it says is a file with the value.
    private const string FileSuffix = "_FILE";

    public static void Run(Workload workload, Container container, ImageEntry image, LabFields fields)
    {
        if (image.Runs == BuiltInProgram.Mariadb)
        {
            CheckMariadb(workload, container, fields);
        }
        else if (image.Runs is null)
        {
            // The echo server and nginx read none; what becomes of a command's is for its writer to know.
            foreach (EnvironmentVariable variable in container.Environment)
            {
                if (ContainerEnvironment.MissingSource(variable) is string source)
                {
                    Warn(fields, variable.At, $"{Of(workload, container)}: {variable.Name} comes from {source}, which a lab does not have: it is not set");
                }
            }

            foreach (Located<string> source in container.EnvironmentSources)
            {
                Warn(fields, source.At, $"{Of(workload, container)}: variables come from {source}, which a lab does not have: they are not set");
            }
        }
    }

    private static void CheckMariadb(Workload workload, Container container, LabFields fields)
    {
        foreach (EnvironmentVariable variable in container.Environment)
        {
            if (MariadbProgram.Reads(variable.Name) && ContainerEnvironment.MissingSource(variable) is string source)
            {
                fields.Error(
                    variable.At,
                    $"{Of(workload, container)}: {variable.Name} comes from {source}, which a lab does not have: say its value, as `{{name: {variable.Name}, value: ...}}`");
            }
            else if (variable.Name.EndsWith(FileSuffix, StringComparison.Ordinal) && variable.Name[..^FileSuffix.Length] is var read && MariadbProgram.Reads(read))
            {
                fields.Error(
                    variable.At,
                    $"{Of(workload, container)}: {variable.Name}: a lab's pods have no volumes: say what the file holds, as `{{name: {read}, value: ...}}`");
            }
        }

        foreach (Located<string> source in container.EnvironmentSources)
        {
            fields.Error(
                source.At,
                $"{Of(workload, container)}: variables come from {source}, which a lab does not have: say under `env` what it has of {MariadbProgram.Variables}, and remove it");
        }
    }

    private static void Warn(LabFields fields, Location at, string message) =>
        fields.Sink.Add(new Diagnostic(DiagnosticSeverity.Warning, at, message));

    private static string Of(Workload workload, Container container) => $"{workload}: container {container.Name}";
}
