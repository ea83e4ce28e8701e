using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Cases
{
    public static readonly Function[] All = [];
}
