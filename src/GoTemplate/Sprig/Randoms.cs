using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Randoms
{
    public static Function[] Create(SprigOptions options) => [];
}
