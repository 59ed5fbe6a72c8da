using Berth.Manifests;

namespace Berth.Lab;

/// <summary>MariaDB with a database directory of its own, set up by the environment variables of its image: the root's password
/// and one user with a database.</summary>
internal static class MariadbProgram
{
    private const int DefaultPort = 3306;

    // Installing the system tables and starting takes seconds, in a machine without acceleration a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    // A server tells its version before anybody logs in, and there is room for the pod's name: so a probe knows who answers.
    // Small files: several servers share the memory that their files are in. Nobody's data has to survive a crash.
    private const string Run = """
        set -e
        "$1" --no-defaults --user=root --auth-root-authentication-method=normal --skip-test-db --datadir="$3/data" \
            --innodb-log-file-size=4M --innodb-buffer-pool-size=8M --innodb-flush-log-at-trx-commit=0 >"$3/install.log" 2>&1 || { cat "$3/install.log" >&2; exit 1; }
        exec "$2" --no-defaults --user=root --datadir="$3/data" --socket="$3/socket" --pid-file="$3/pid" --port="$4" \
            --bind-address=0.0.0.0 --skip-name-resolve --max-connect-errors=1000000 --init-file="$3/init.sql" \
            --version="10.11-MariaDB name=$POD_NAME " \
            --innodb-log-file-size=4M --innodb-buffer-pool-size=8M --innodb-flush-log-at-trx-commit=0 --performance-schema=OFF
        """;

    /// <summary>Writes its first statements; the command line that installs and runs it.</summary>
    /// <exception cref="LabUnsupportedException">There is no MariaDB here.</exception>
    public static ContainerProgram Create(PodRecord pod, Container container, string directory, IReadOnlyList<PortNumber> ports)
    {
        string install = Find("mariadb-install-db");
        string server = Find("mariadbd");
        Directory.CreateDirectory(directory + "/data");
        File.WriteAllText(directory + "/init.sql", Statements(container));
        PortNumber port = ports.Count > 0 ? ports[0] : new PortNumber(DefaultPort, IsUdp: false);
        return new ContainerProgram(["sh", "-c", Run, "sh", install, server, directory, $"{port.Port}"], [port], Patience);
    }

    // One statement a line, for the server reads its file so.
    private static string Statements(Container container)
    {
        string statements = "";
        if (Variable(container, "ROOT_PASSWORD") is string root)
        {
            statements += $"CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '{Quoted(root)}';\n"
                + "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;\n"
                + $"ALTER USER 'root'@'localhost' IDENTIFIED BY '{Quoted(root)}';\n";
        }

        if (Variable(container, "DATABASE") is string database)
        {
            statements += $"CREATE DATABASE IF NOT EXISTS `{database.Replace("`", "``", StringComparison.Ordinal)}`;\n";
        }

        if (Variable(container, "USER") is string user)
        {
            statements += $"CREATE USER IF NOT EXISTS '{Quoted(user)}'@'%' IDENTIFIED BY '{Quoted(Variable(container, "PASSWORD") ?? "")}';\n"
                + $"GRANT ALL ON *.* TO '{Quoted(user)}'@'%';\n";
        }

        return statements;
    }

    // Those of both images mean the same.
    private static string? Variable(Container container, string name)
    {
        foreach ((string key, string value) in container.Environment)
        {
            if (key == "MARIADB_" + name || key == "MYSQL_" + name)
            {
                return value;
            }
        }

        return null;
    }

    private static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    private static string Find(string program) => Programs.Find(program)
        ?? throw new LabUnsupportedException($"there is no {program} here, which a pod runs: apt-get install mariadb-server");
}
