using FsCheck.Xunit;
using Millrace.Shared.Secrets;
using Xunit;

namespace Millrace.Shared.Tests.Secrets;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("jdbc:mysql://db/a?user=u&password=geheim&x=1", "jdbc:mysql://db/a?user=u&password=***&x=1")]
    [InlineData("Server=db;Pwd=geheim;User=u", "Server=db;Pwd=***;User=u")]
    [InlineData("password = geheim", "password = ***")]
    [InlineData("jdbc:mysql://u:geheim@db:3306/a", "jdbc:mysql://u:***@db:3306/a")]
    [InlineData("jdbc:mysql://u:ge@h/eim@db/a", "jdbc:mysql://u:***@db/a")]
    [InlineData("connects as u:geheim@db", "connects as u:***@db")]
    [InlineData("'password' = 'geheim', 'x' = '1'", "'password' = '***', 'x' = '1'")]
    [InlineData("'PASSWORD'='ge''heim'", "'PASSWORD'='***'")]
    [InlineData("'properties.sasl.client-secret' = 'geheim'", "'properties.sasl.client-secret' = '***'")]
    [InlineData("{\"token\": \"ge\\\"heim\", \"x\": 1}", "{\"token\": \"***\", \"x\": 1}")]
    [InlineData("variables:\n  password: geheim und mehr\n  out: x", "variables:\n  password: ***\n  out: x")]
    [InlineData("--set db_password=geheim --set x=1", "--set db_password=*** --set x=1")]
    [InlineData("s3.access-key=geheim", "s3.access-key=***")]
    [InlineData("'password' = 'never closed", "'password' = '***'")]
    public void A_secret_is_masked(string text, string shown) => Assert.Equal(shown, SecretMask.Apply(text));

    [Theory]
    [InlineData("akka.tcp://millrace@127.0.0.1:5000/user/jobmanager")]
    [InlineData("jobs/secret.sql:1:2: It is missing")]
    [InlineData("Unexpected token: ';'")]
    [InlineData("jdbc:sqlite:/tmp/a.db")]
    [InlineData("The table 'passwords' has a = 1")]
    [InlineData("2026-11-26 01:02:03")]
    [InlineData("")]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, SecretMask.Apply(text));

    [Theory]
    [InlineData("password", true)]
    [InlineData("properties.sasl.jaas.secret", true)]
    [InlineData("mysql-password", true)]
    [InlineData("out", false)]
    [InlineData("key", false)]
    public void A_name_says_whether_its_value_is_secret(string name, bool isSecret) =>
        Assert.Equal(isSecret, SecretMask.IsSecret(name));

    [Property]
    public bool Masking_twice_is_masking_once(string? text) =>
        text is null || SecretMask.Apply(SecretMask.Apply(text)) == SecretMask.Apply(text);

    /// <summary>
    /// Whatever the password is made of, what reads it back out of SQL finds only the mask.
    /// </summary>
    [Property]
    public bool A_quoted_password_is_gone_whatever_it_holds(string? password)
    {
        string quoted = (password ?? "").Replace("'", "''", StringComparison.Ordinal);
        return SecretMask.Apply($"WITH ('password' = '{quoted}', 'a' = 'b')")
            == "WITH ('password' = '***', 'a' = 'b')";
    }
}
