using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Dates
{
    public static Function[] Create(SprigOptions options) => [];
}
