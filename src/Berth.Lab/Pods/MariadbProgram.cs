using Berth.Manifests;

namespace Berth.Lab;

/// <summary>MariaDB with a database directory of its own, set up by the environment variables of its image: the root's password
/// and one user with a database.</summary>
internal static class MariadbProgram
{
    private const int DefaultPort = 3306;

    private const string RootPassword = "ROOT_PASSWORD";
    private const string User = "USER";
    private const string Password = "PASSWORD";
    private const string Database = "DATABASE";

    // In a machine without acceleration, and others on it, starting takes a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly string[] Names = [RootPassword, User, Password, Database];

    private static readonly string[] Shares = ["/usr/share/mysql", "/usr/share/mariadb"];

    // mariadb-install-db would also write help texts, statistics and InnoDB's files, which takes ten times as long and thirty times
    // the space of what a login needs: the privilege tables, which are Aria's.
    // A server that starts removes what it takes for leftovers from its directory for temporary files: each has one of its own.
    // A server tells its version before anybody logs in, and there is room for the pod's name: so a probe knows who answers.
    private const string Run = """
        set -e
        { echo "CREATE DATABASE mysql;"; echo "USE mysql;"; echo "SET @auth_root_socket=NULL;"
          cat "$2/mysql_system_tables.sql" "$2/mysql_system_tables_data.sql"; } >"$3/install.sql"
        "$1" --no-defaults --bootstrap --user=root --datadir="$3/data" --tmpdir="$3/tmp" --skip-innodb --default-storage-engine=Aria \
            --enforce-storage-engine= --log-warnings=0 <"$3/install.sql" >"$3/install.log" 2>&1 || { cat "$3/install.log" >&2; exit 1; }
        exec "$1" --no-defaults --user=root --datadir="$3/data" --tmpdir="$3/tmp" --socket="$3/socket" --pid-file="$3/pid" --port="$4" \
            --bind-address=0.0.0.0 --skip-name-resolve --max-connect-errors=1000000 --init-file="$3/init.sql" \
            --version="10.11-MariaDB name=$5 " --skip-innodb --default-storage-engine=Aria --performance-schema=OFF
        """;

    /// <summary>Writes its first statements; the command line that installs and runs it.</summary>
    /// <exception cref="LabUnsupportedException">There is no MariaDB here.</exception>
    public static ContainerProgram Create(PodRecord pod, Container container, string directory, IReadOnlyList<PortNumber> ports)
    {
        string server = Programs.Find("mariadbd") ?? throw Missing("mariadbd");
        string share = Shares.FirstOrDefault(static share => File.Exists(share + "/mysql_system_tables.sql"))
            ?? throw Missing("mysql_system_tables.sql");
        Directory.CreateDirectory(directory + "/data");
        Directory.CreateDirectory(directory + "/tmp");
        File.WriteAllText(directory + "/init.sql", Statements(ContainerEnvironment.Of(pod, container)));
        PortNumber port = ports.Count > 0 ? ports[0] : new PortNumber(DefaultPort, IsUdp: false);
        return new ContainerProgram(["sh", "-c", Run, "sh", server, share, directory, $"{port.Port}", pod.ShortName], [port], Patience);
    }

    /// <summary>Whether it makes something of an environment variable.</summary>
    public static bool Reads(string variable) => Names.Any(name => variable == "MARIADB_" + name || variable == "MYSQL_" + name);

    /// <summary>The variables that it reads, in words.</summary>
    public static string Variables => string.Join(", ", Names.Select(static name => "MARIADB_" + name));

    /// <summary>Its first statements, one a line, for the server reads its file so.</summary>
    internal static string Statements(IReadOnlyDictionary<string, string> environment)
    {
        string statements = "";
        if (Variable(environment, RootPassword) is string root)
        {
            statements += $"CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '{Quoted(root)}';\n"
                + "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;\n"
                + $"ALTER USER 'root'@'localhost' IDENTIFIED BY '{Quoted(root)}';\n";
        }

        if (Variable(environment, Database) is string database)
        {
            statements += $"CREATE DATABASE IF NOT EXISTS `{database.Replace("`", "``", StringComparison.Ordinal)}`;\n";
        }

        // The images make none without a password.
        if (Variable(environment, User) is string user && Variable(environment, Password) is string password)
        {
            statements += $"CREATE USER IF NOT EXISTS '{Quoted(user)}'@'%' IDENTIFIED BY '{Quoted(password)}';\n"
                + $"GRANT ALL ON *.* TO '{Quoted(user)}'@'%';\n";
        }

        return statements;
    }

    // Those of both images mean the same, and an empty one nothing.
    private static string? Variable(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.GetValueOrDefault("MARIADB_" + name) is { Length: > 0 } one ? one
        : environment.GetValueOrDefault("MYSQL_" + name) is { Length: > 0 } other ? other
        : null;

    private static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    private static LabUnsupportedException Missing(string file) =>
        new($"there is no {file} here, which a pod runs: apt-get install mariadb-server");
}
