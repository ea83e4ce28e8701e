using GoTemplate.Functions;
namespace GoTemplate.Sprig;
internal static class Environments
{
    public static Function[] Create(SprigOptions options) => [];
}
