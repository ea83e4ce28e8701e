using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Versions
{
    public static readonly Function[] All = [];
}
