using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Urls
{
    public static readonly Function[] All = [];
}
