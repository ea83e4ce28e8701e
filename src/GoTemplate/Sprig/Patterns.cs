using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Patterns
{
    public static readonly Function[] All = [];
}
