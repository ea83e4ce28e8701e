using CsCheck;

namespace Isthmus.Core.Tests.Planning;

internal static class Choose
{
    /// <summary>One of the given values.</summary>
    public static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
