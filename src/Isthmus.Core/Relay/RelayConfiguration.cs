using System.Globalization;
using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.Relay;

/// <summary>nginx's configuration: takes the calls of API servers and proxies by Service, and passes them on to the functions with the token of their purpose.</summary>
public static class RelayConfiguration
{
    public const string File = "nginx.conf";

    /// <summary>The CA of the functions, where the system's roots do not hold it.</summary>
    public const string FunctionsAuthority = "functions-ca.crt";

    private const string SystemRoots = "/etc/ssl/certs/ca-certificates.crt";

    // Of a webhook's timeout: a connection has to be there after a quarter, the answer after seven tenths more. The last twentieth is the way back.
    private const double ToConnect = 0.25, ToAnswer = 0.7;

    // As proxies have it in their EnvoyFilter.
    private const int EndpointsTimeoutSeconds = 5;

    // Where a failed call refuses the pod, functions that start again are waited for: three times so long, and then they have so long.
    private const int Waits = 3;
    private const double ToWait = 0.15, ToAnswerAgain = 0.4;

    public static string Write(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings, RelayPlace place)
    {
        var functions = settings.BaseUrl;
        var isOpen = mesh.Injection.FailurePolicy == "Ignore";
        return $$"""
            # Cluster {{cluster.Name}} of mesh {{mesh.Name}}. Isthmus wrote this and puts it back.
            worker_processes 2;
            pid {{place.Scratch}}/nginx.pid;
            # Lower levels quote addresses of the functions, and the tokens are in them.
            error_log stderr emerg;

            events {
                worker_connections 1024;
            }

            # The way out. Connections to it stay open; each new one looks the functions' name up again.
            stream {
                resolver {{place.Resolver}} valid=10s;
                resolver_timeout 2s;
                map $remote_addr $functions {
                    default {{functions.IdnHost}}:{{functions.Port}};
                }
                server {
                    listen 127.0.0.1:{{place.WayOutPort}};
                    proxy_pass $functions;
                    proxy_connect_timeout 2s;
                    proxy_timeout 120s;
                    proxy_socket_keepalive on;
                }
            }

            http {
                # No path, no host and no body: what it was about, and how it ended.
                log_format relay '$time_iso8601 $purpose status $status upstream $upstream_status seconds $request_time connect $upstream_connect_time';
                map $status $is_failed {
                    ~^2 0;
                    304 0;
                    default 1;
                }
                access_log {{place.Log}} relay if=$is_failed;
                server_tokens off;
                default_type text/plain;

                client_body_temp_path {{place.Scratch}}/body;
                proxy_temp_path {{place.Scratch}}/proxy;
                fastcgi_temp_path {{place.Scratch}}/fastcgi;
                uwsgi_temp_path {{place.Scratch}}/uwsgi;
                scgi_temp_path {{place.Scratch}}/scgi;
                client_max_body_size 16m;
                client_body_buffer_size 512k;
                proxy_buffers 8 64k;
                proxy_buffer_size 64k;
                keepalive_timeout 120s;
                keepalive_requests 100000;

                upstream functions {
                    # Twice, for a second try: a connection that was kept open may end just when it is used.
                    server 127.0.0.1:{{place.WayOutPort}} max_fails=0;
                    server 127.0.0.1:{{place.WayOutPort}} max_fails=0;
                    keepalive 32;
                    keepalive_timeout 50s;
                    keepalive_time 5m;
                    keepalive_requests 10000;
                }

                # A path with a variable in it is read at each handshake: a renewed certificate needs no restart.
                map $remote_addr $files {
                    default {{place.Files}};
                }

                server {
                    listen {{(place.IsIPv6 ? "[::]:" : "")}}{{place.Port}} ssl;
                    ssl_certificate $files/tls.crt;
                    ssl_certificate_key $files/tls.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    # Connections stay open; and whoever resumed a session would not see a renewed certificate.
                    ssl_session_tickets off;
                    set $purpose none;

                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host {{Authority(functions)}};
                    proxy_ssl_server_name on;
                    proxy_ssl_name {{functions.IdnHost}};
                    proxy_ssl_verify on;
                    proxy_ssl_verify_depth 5;
                    proxy_ssl_trusted_certificate {{(settings.CaBundle is null ? SystemRoots : $"{place.Files}/{FunctionsAuthority}")}};
                    proxy_ssl_protocols TLSv1.2 TLSv1.3;
                    # Both kinds of calls may come twice: injection changes nothing, and of a change we only hear.
                    proxy_next_upstream error non_idempotent;
                    proxy_next_upstream_tries 2;
                    recursive_error_pages on;
                    error_page 502 504 = @silent;

            {{Location("/inject/", "inject", cluster, settings, WebhookPurpose.Inject, mesh.Injection.TimeoutSeconds, !isOpen)}}
            {{Location("/changes", "changes", cluster, settings, WebhookPurpose.Changes, ChangeWebhooks.TimeoutSeconds, false)}}
            {{Location("/v3/discovery:endpoints", "endpoints", cluster, settings, WebhookPurpose.Endpoints, EndpointsTimeoutSeconds, false)}}
            {{(isOpen ? "" : Again(mesh.Injection.TimeoutSeconds))}}
                    location = /healthz {
                        return 204;
                    }
                    location / {
                        return 404 "The relay serves Isthmus's webhooks and discovery of endpoints alone.\n";
                    }
                    # 500 and no other: of that one API servers show the text.
                    location @silent {
                        return 500 "The functions did not answer in time; {{(isOpen ? "failurePolicy Ignore lets the request pass." : "failurePolicy Fail refuses the request: try again.")}}\n";
                    }
                }
            }

            """;
    }

    // The query is the API server's: how long the function may take. It learns what is left for it.
    private static string Location(string path, string name, MeshCluster cluster, WebhookSettings settings, WebhookPurpose purpose, int timeoutSeconds, bool isTriedAgain)
    {
        var token = WebhookToken.Compute(settings.Keys[0], cluster.Name, purpose);
        var prefix = settings.BaseUrl.AbsolutePath.TrimEnd('/');
        return $$"""
                    location {{(path.EndsWith('/') ? "" : "= ")}}{{path}} {
                        limit_except POST {
                            deny all;
                        }
                        set $purpose {{name}};
                        rewrite ^ {{prefix}}/api/clusters/{{cluster.Name}}/{{token}}$uri break;
            {{Pass(timeoutSeconds, ToAnswer)}}{{(isTriedAgain ? "\n            error_page 502 = @wait1;\n            error_page 504 = @silent;" : "")}}
                    }
            """;
    }

    private static string Again(int timeoutSeconds) => string.Join('\n', Enumerable.Range(1, Waits).Select(round => $$"""
                    # Nobody answers there, which takes a while.
                    location @wait{{round}} {
                        resolver 127.0.0.1:9 ipv6=off;
                        resolver_timeout {{Milliseconds(timeoutSeconds * ToWait)}};
                        set $nobody nobody.invalid;
                        proxy_pass http://$nobody;
                        error_page 502 504 = @again{{round}};
                    }
                    location @again{{round}} {
            {{Pass(timeoutSeconds, ToAnswerAgain)}}
                        error_page 502 = {{(round < Waits ? $"@wait{round + 1}" : "@silent")}};
                        error_page 504 = @silent;
                    }
            """));

    private static string Pass(int timeoutSeconds, double toAnswer) => $$"""
                        set $args timeout={{(timeoutSeconds * toAnswer).ToString("0.###", CultureInfo.InvariantCulture)}}s;
                        proxy_pass https://functions;
                        proxy_connect_timeout {{Milliseconds(timeoutSeconds * ToConnect)}};
                        proxy_send_timeout {{Milliseconds(timeoutSeconds * toAnswer)}};
                        proxy_read_timeout {{Milliseconds(timeoutSeconds * toAnswer)}};
                        proxy_next_upstream_timeout {{Milliseconds(timeoutSeconds * ToConnect)}};
            """;

    private static string Milliseconds(double seconds) => $"{(int)(seconds * 1000)}ms";

    private static string Authority(Uri functions) => functions.IsDefaultPort ? functions.IdnHost : $"{functions.IdnHost}:{functions.Port}";
}
