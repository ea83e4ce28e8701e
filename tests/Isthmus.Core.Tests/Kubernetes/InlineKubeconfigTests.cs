using System.Text;
using Isthmus.Core.Kubernetes;
using Xunit;

namespace Isthmus.Core.Tests.Kubernetes;

public sealed class InlineKubeconfigTests
{
    private const string Pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    [Fact]
    public void Reads_server_CA_and_token_of_the_current_context()
    {
        var read = InlineKubeconfig.Read(Text(), out var fault);
        Assert.Null(fault);
        Assert.Equal(("https://east.example/", Pem, "secret"), (read?.Server.ToString(), read?.CaPem, read?.Token));
    }

    [Theory]
    [InlineData("token: secret", "exec: {command: touch}", "exec")]
    [InlineData("token: secret", "auth-provider: {name: azure}", "auth-provider")]
    [InlineData("token: secret", "tokenFile: /etc/passwd", "tokenFile")]
    [InlineData("token: secret", "client-certificate: a.pem", "client-certificate")]
    [InlineData("token: secret", "client-key: a.pem", "client-key")]
    [InlineData("token: secret", "{token: secret, exec: {command: touch}}", "exec")]
    [InlineData("token: secret", "{token: secret, as: admin}", "as")]
    [InlineData("token: secret", "{username: admin, password: x}", "username")]
    [InlineData("token: secret", "client-certificate-data: AAAA", "neither a token")]
    [InlineData("certificate-authority-data: DATA", "certificate-authority: /etc/ca.pem", "certificate-authority names a file")]
    [InlineData("certificate-authority-data: DATA", "insecure-skip-tls-verify: true", "insecure-skip-tls-verify")]
    [InlineData("certificate-authority-data: DATA", "proxy-url: http://proxy", "proxy-url")]
    [InlineData("certificate-authority-data: DATA", "certificate-authority-data: \"!\"", "no certificate")]
    [InlineData("https://", "http://", "not https")]
    [InlineData("current-context: c", "current-context: d", "no entry 'd'")]
    [InlineData("clusters:", "clusters: [", "YAML")]
    public void Refuses_what_leads_outside_of_it(string instead, string of, string told)
    {
        Assert.Null(InlineKubeconfig.Read(Text().Replace(instead.Replace("DATA", Data(), StringComparison.Ordinal), of, StringComparison.Ordinal), out var fault));
        Assert.Contains(told, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_where_the_server_is_whatever_its_user_would_run()
    {
        var read = InlineKubeconfig.ReadServer(Text().Replace("token: secret", "exec: {command: touch, args: [/tmp/x]}", StringComparison.Ordinal), out _);
        Assert.Equal(("https://east.example/", null), (read?.Server.ToString(), read?.Token));
    }

    private static string Data() => Convert.ToBase64String(Encoding.UTF8.GetBytes(Pem));

    private static string Text() => $$"""
        apiVersion: v1
        kind: Config
        current-context: c
        clusters:
        - name: east
          cluster:
            server: https://east.example:443
            certificate-authority-data: {{Data()}}
        contexts:
        - name: c
          context:
            cluster: east
            user: me
        users:
        - name: me
          user:
            token: secret
        """;
}
