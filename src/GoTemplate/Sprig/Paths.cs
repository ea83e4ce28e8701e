using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Paths
{
    public static readonly Function[] All = [];
}
