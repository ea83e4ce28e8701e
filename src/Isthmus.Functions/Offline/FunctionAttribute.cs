// The worker's own attributes, by name and namespace, for builds where its packages cannot be restored: they mark, and do
// nothing. Never published: FunctionsWorker=true takes this folder out and the real packages in. shapes.txt holds what of the real ones is copied here.
namespace Microsoft.Azure.Functions.Worker;

/// <summary>Names a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
