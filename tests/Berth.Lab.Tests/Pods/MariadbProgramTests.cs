namespace Berth.Lab.Tests.Pods;

public sealed class MariadbProgramTests
{
    [Fact]
    public void A_user_without_a_password_is_not_made()
    {
        Assert.Equal("", MariadbProgram.Statements(new Dictionary<string, string> { ["MARIADB_USER"] = "bob" }));
        Assert.Equal("", MariadbProgram.Statements(new Dictionary<string, string> { ["MARIADB_USER"] = "bob", ["MYSQL_PASSWORD"] = "", ["MARIADB_ROOT_PASSWORD"] = "" }));
        Assert.StartsWith(
            "CREATE USER IF NOT EXISTS 'bob'@'%' IDENTIFIED BY 'it\\'s';\n",
            MariadbProgram.Statements(new Dictionary<string, string> { ["MARIADB_USER"] = "bob", ["MYSQL_PASSWORD"] = "it's" }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_variables_of_its_own_name_come_before_those_of_MySQL() => Assert.StartsWith(
        "CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY 'one';\n",
        MariadbProgram.Statements(new Dictionary<string, string> { ["MYSQL_ROOT_PASSWORD"] = "two", ["MARIADB_ROOT_PASSWORD"] = "one" }), StringComparison.Ordinal);
}
