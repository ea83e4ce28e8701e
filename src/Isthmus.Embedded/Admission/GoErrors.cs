using System.Net.Sockets;
using System.Security.Authentication;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>Words failed calls as client-go and Go's net package do.</summary>
internal static class GoErrors
{
    public static string Status(int code, string body) => code switch
    {
        400 => "the server rejected our request for an unknown reason",
        401 => "the server has asked for the client to provide credentials",
        403 => body.Length == 0 ? "unknown" : body,
        404 => "the server could not find the requested resource",
        405 => "the server does not allow this method on the requested resource",
        406 => "the server was unable to respond with a content type that the client supports",
        409 => "the server reported a conflict",
        415 => "the body of the request was in an unknown format - accepted media types include: ",
        422 => "the server rejected our request due to an error in our request",
        429 => "the server has received too many requests and has asked us to try again later",
        503 => "the server is currently unable to handle the request",
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request",
        >= 500 => $"an error on the server ({GoValue.Quote(body.Length == 0 ? "unknown" : body)}) has prevented the request from succeeding",
        _ => $"the server responded with the status code {code} but did not return more information",
    };

    public static string Network(HttpRequestException error, Uri url)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
            switch (inner)
            {
                case AuthenticationException when inner.Message.StartsWith("x509:", StringComparison.Ordinal) || inner.Message.StartsWith("unable to", StringComparison.Ordinal):
                case HttpRequestException when inner.Message.StartsWith("service \"", StringComparison.Ordinal):
                    return inner.Message;
                case SocketException socket:
                    return Dial(socket.SocketErrorCode, url);
                case IOException { InnerException: null }:
                    return "EOF";
            }

        return error.Message;
    }

    private static string Dial(SocketError code, Uri url) => code switch
    {
        SocketError.ConnectionRefused => $"dial tcp {url.Host}:{url.Port}: connect: connection refused",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"dial tcp: lookup {url.Host}: no such host",
        SocketError.NetworkUnreachable => $"dial tcp {url.Host}:{url.Port}: connect: network is unreachable",
        SocketError.HostUnreachable => $"dial tcp {url.Host}:{url.Port}: connect: no route to host",
        SocketError.TimedOut => $"dial tcp {url.Host}:{url.Port}: i/o timeout",
        SocketError.ConnectionReset => "EOF",
        _ => $"dial tcp {url.Host}:{url.Port}: {code}",
    };
}
