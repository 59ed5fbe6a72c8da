namespace Berth.Lab.Tests.Files;

/// <summary>A variable whose value is in no manifest is not passed over in silence: a database would have no password.</summary>
public sealed class EnvironmentCheckTests
{
    private const string Remedy = ", which a lab does not have: say its value, as `{name: ";

    [Theory]
    [InlineData(
        "mariadb:11", "env: [{ name: MARIADB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: p } } }]",
        "lab.yaml:5:13: error: Pod default/p: container c: MARIADB_PASSWORD comes from Secret db" + Remedy + "MARIADB_PASSWORD, value: ...}`")]
    [InlineData(
        "x/mysql", "env: [{ name: MYSQL_ROOT_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: p, optional: true } } }]",
        "lab.yaml:5:13: error: Pod default/p: container c: MYSQL_ROOT_PASSWORD comes from Secret db" + Remedy + "MYSQL_ROOT_PASSWORD, value: ...}`")]
    [InlineData(
        "mariadb", "env: [{ name: MARIADB_DATABASE, valueFrom: { configMapKeyRef: { name: db, key: d } } }]",
        "lab.yaml:5:13: error: Pod default/p: container c: MARIADB_DATABASE comes from ConfigMap db" + Remedy + "MARIADB_DATABASE, value: ...}`")]
    [InlineData(
        "mariadb", "env: [{ name: MARIADB_USER, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }]",
        "lab.yaml:5:13: error: Pod default/p: container c: MARIADB_USER comes from resourceFieldRef" + Remedy + "MARIADB_USER, value: ...}`")]
    [InlineData(
        "mariadb", "env: [{ name: MARIADB_USER, valueFrom: { fieldRef: { fieldPath: spec.serviceAccountName } } }]",
        "lab.yaml:5:13: error: Pod default/p: container c: MARIADB_USER comes from the field spec.serviceAccountName" + Remedy + "MARIADB_USER, value: ...}`")]
    [InlineData(
        "mariadb", "env: [{ name: MARIADB_ROOT_PASSWORD_FILE, value: /run/secrets/p }]",
        "lab.yaml:5:13: error: Pod default/p: container c: MARIADB_ROOT_PASSWORD_FILE: a lab's pods have no volumes: say what the file holds, as `{name: MARIADB_ROOT_PASSWORD, value: ...}`")]
    [InlineData(
        "mariadb", "envFrom: [{ prefix: X_, secretRef: { name: db } }]",
        "lab.yaml:5:42: error: Pod default/p: container c: variables come from Secret db, which a lab does not have: say under `env` what it has of MARIADB_ROOT_PASSWORD, MARIADB_USER, MARIADB_PASSWORD, MARIADB_DATABASE, and remove it")]
    public void Of_what_MariaDB_reads_the_value_must_be_said(string image, string fields, string error) => Assert.Equal([error], LabText.Errors(Lab(image, fields)));

    [Theory]
    [InlineData("env: [{ name: A, valueFrom: { secretKeyRef: { name: s, key: p } } }]", "lab.yaml:5:13: warning: Pod default/p: container c: A comes from Secret s, which a lab does not have: it is not set")]
    [InlineData("env: [{ name: A, valueFrom: {} }]", "lab.yaml:5:13: warning: Pod default/p: container c: A comes from valueFrom, which a lab does not have: it is not set")]
    [InlineData("envFrom: [{ configMapRef: { name: m } }]", "lab.yaml:5:33: warning: Pod default/p: container c: variables come from ConfigMap m, which a lab does not have: they are not set")]
    public void Of_what_a_command_reads_it_is_a_warning(string fields, string warning)
    {
        LabFileReading reading = LabText.Read(Lab("other", fields));

        Assert.NotNull(reading.File);
        Assert.Equal([warning], reading.Diagnostics.Select(static found => found.ToString()));
    }

    [Theory]
    [InlineData("mariadb", "env: [{ name: TZ, valueFrom: { secretKeyRef: { name: db, key: p } } }, { name: MYSQL_PASSWORD, value: x }, { name: MARIADB_DATABASE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }]")]
    [InlineData("echo", "env: [{ name: A, valueFrom: { secretKeyRef: { name: s, key: p } } }], envFrom: [{ secretRef: { name: s } }]")]
    [InlineData("other", "env: [{ name: A }, { name: B, valueFrom: { fieldRef: { fieldPath: status.podIP } } }, { name: C, valueFrom: { fieldRef: { fieldPath: \"metadata.labels['app']\" } } }]")]
    public void What_has_a_value_or_is_not_read_is_nothing_to_complain_of(string image, string fields) => LabText.Lab(Lab(image, fields));

    private static string Lab(string image, string fields) => $$"""
        nodes: [{ name: a }]
        images: [{ image: other, command: [env] }]
        manifests:
          - { apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: {{image}},
              {{fields}} }] } }
        """;
}
