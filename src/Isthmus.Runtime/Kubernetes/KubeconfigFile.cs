using k8s;
using k8s.Exceptions;
using YamlDotNet.Core;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>A kubeconfig that a user names by file; it may name commands and further files, as kubectl's may.</summary>
public static class KubeconfigFile
{
    /// <param name="path">The file. What it names itself lies beside it.</param>
    /// <param name="context">The context to take; null: its current one.</param>
    /// <exception cref="KubeConfigException">It cannot be read, or does not say how to reach a cluster; the message is for its user.</exception>
    public static KubernetesClientConfiguration Read(string path, string? context)
    {
        try
        {
            // Where the client reads the file itself, it holds a thread of the pool until another one has read it, and a cold process has few.
            using var text = new MemoryStream(File.ReadAllBytes(path));
            var kubeconfig = KubernetesClientConfiguration.LoadKubeConfig(text) ?? throw new KubeConfigException("it is empty");
            kubeconfig.FileName = Path.GetFullPath(path);
            return KubernetesClientConfiguration.BuildConfigFromConfigObject(kubeconfig, context);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or KubeConfigException or YamlException or FormatException)
        {
            throw new KubeConfigException($"kubeconfig {path}: {fault.Message}", fault);
        }
    }
}
