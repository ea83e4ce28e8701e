using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Encodings
{
    public static readonly Function[] All = [];
}
