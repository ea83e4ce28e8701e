using Xunit;

namespace GoTemplate.Tests;

/// <summary>Go's fmt, by way of printf. Each row is what stands between the parentheses of a call, and what it prints.</summary>
public sealed class PrintfTests
{
    [Theory]
    [InlineData("\"%d|%5d|%-5d|%05d|%+d|% d\" 42 42 42 42 42 42", "42|   42|42   |00042|+42| 42")]
    [InlineData("\"%d|%05d|%+.3d|%8.3d|%-8.3d|%08.3d\" -42 -42 7 7 7 7", "-42|-0042|+007|     007|007     |     007")]
    [InlineData("\"%x|%X|%#x|%#X|%o|%#o|%O|%b|%#b\" 255 255 255 255 8 8 8 5 5", "ff|FF|0xff|0XFF|10|010|0o10|101|0b101")]
    [InlineData("\"%x|%d\" -255 -9223372036854775808", "-ff|-9223372036854775808")]
    [InlineData("\"%c|%q|%U|%#U|%+q\" 'x' 'x' 0x1F600 'ä' 'ä'", "x|'x'|U+1F600|U+00E4 'ä'|'\\u00e4'")]
    [InlineData("\"%c|%5c|%-3c|\" 19990 'a' 'b'", "世|    a|b  |")]
    [InlineData("\"%.0d|%5.0d|%.0d\" 0 0 1", "|     |1")]
    [InlineData("\"%20d|%-20d|%020d\" 1 1 1", "                   1|1                   |00000000000000000001")]
    public void Integers(string call, string expected) => Check(call, expected);

    [Theory]
    [InlineData("\"%v %v %v %v\" 1.0 1.5 123456.0 1234567.0", "1 1.5 123456 1.234567e+06")]
    [InlineData("\"%v %v %v %v %v\" 1e6 1e20 1e21 1e-4 1e-5", "1e+06 1e+20 1e+21 0.0001 1e-05")]
    [InlineData("\"%v %v %v\" 1000620000.0 0.1 100000.0", "1.00062e+09 0.1 100000")]
    [InlineData("\"%f|%.2f|%8.2f|%-8.2f|%08.2f|%+.1f|% .1f\" 3.14159 3.14159 3.14159 3.14159 -3.14159 3.14159 3.14159", "3.141590|3.14|    3.14|3.14    |-0003.14|+3.1| 3.1")]
    [InlineData("\"%e|%.3e|%E|%g|%G|%.3g|%.10g\" 123456.789 123456.789 123456.789 1e-7 1e-7 123456.789 123456.789", "1.234568e+05|1.235e+05|1.234568E+05|1e-07|1E-07|1.23e+05|123456.789")]
    [InlineData("\"%.0f %.0f %.0f %.0f %.1f %.2f\" 0.5 1.5 2.5 3.5 0.25 1.005", "0 2 2 4 0.2 1.00")]
    [InlineData("\"%x %X %.2x %b\" 1.5 1.5 3.14159 1.0", "0x1.8p+00 0X1.8P+00 0x1.92p+01 4503599627370496p-52")]
    [InlineData("\"%g|%6.1f|%#g|%#.3g|%#v\" 0.0 0.0 1.0 1.0 1.0", "0|   0.0|1.00000|1.00|1")]
    [InlineData("\"%v %.1f\" (divf 1 0.0 | default 1) 9.96", null)]
    [InlineData("\"%.1f %.0f %.3f\" 9.96 99.5 0.0005", "10.0 100 0.001")]
    [InlineData("\"%v %.1f %g\" 1i 2.5i 1+2i", "(0+1i) (0.0+2.5i) (1+2i)")]
    [InlineData("\"%5t|%-6t|%v\" true false true", " true|false |true")]
    public void Floats_and_others(string call, string? expected)
    {
        if (expected is not null) Check(call, expected);
        else Assert.Throws<TemplateException>(() => Samples.Run($"{{{{printf {call}}}}}"));
    }

    [Theory]
    [InlineData("\"%s|%5s|%-5s|%.2s|%5.1s\" \"abc\" \"abc\" \"abc\" \"abc\" \"abc\"", "abc|  abc|abc  |ab|    a")]
    [InlineData("\"%q|%#q|%+q|%x|%X|% x|%#x\" \"a\\\"b\\n\" \"ab\" \"ä\" \"hi\" \"hi\" \"hi\" \"hi\"", "\"a\\\"b\\n\"|`ab`|\"\\u00e4\"|6869|6869|68 69|0x6869")]
    [InlineData("\"%5s|%.1s|%05s\" \"äö\" \"äö\" \"ab\"", "   äö|ä|000ab")]
    [InlineData("\"%v %s %q %d\" .L .L .L .L", "[a b c] [a b c] [\"a\" \"b\" \"c\"] [%!d(string=a) %!d(string=b) %!d(string=c)]")]
    [InlineData("\"%v %+v %#v\" .M .EM .M", "map[a:x b:2 c:[1 <nil> z]] map[] map[string]interface {}{\"a\":\"x\", \"b\":2, \"c\":[]interface {}{1, interface {}(nil), \"z\"}}")]
    [InlineData("\"%#v %#v %#v %#v %#v\" 1 \"a\" true .SL .Labels", "1 \"a\" true []string{\"p\", \"q\"} map[string]string{\"app\":\"web\", \"tier\":\"front\"}")]
    [InlineData("\"%T %T %T %T %T %T %T %T\" .I .I64 .U .F .M .L .SL .Labels", "int int64 uint64 float64 map[string]interface {} []interface {} []string map[string]string")]
    [InlineData("\"%v|%s|%d|%T|%5v|%q\" nil nil nil nil nil nil", "<nil>|%!s(<nil>)|%!d(<nil>)|<nil>|<nil>|%!q(<nil>)")]
    [InlineData("\"%s\" .M", "map[a:x b:%!s(float64=2) c:[%!s(float64=1) <nil> z]]")]
    [InlineData("\"%03d|%x\" (until 3) (list 10 \"ab\")", "[000 001 002]|[a 6162]")]
    [InlineData("\"%s %v %d\" .D .D .D", "1h1m1.5s 1h1m1.5s 3661500000000")]
    public void Strings_and_collections(string call, string expected) => Check(call, expected);

    [Theory]
    [InlineData("\"%s\" 1.5", "%!s(float64=1.5)")]
    [InlineData("\"%d\" \"a\"", "%!d(string=a)")]
    [InlineData("\"%t\" 1", "%!t(int=1)")]
    [InlineData("\"%s %s\" \"a\"", "a %!s(MISSING)")]
    [InlineData("\"%s\" \"a\" \"b\" 2", "a%!(EXTRA string=b, int=2)")]
    [InlineData("\"x\" nil", "x%!(EXTRA <nil>)")]
    [InlineData("\"%\"", "%!(NOVERB)")]
    [InlineData("\"%z\" 3", "%!z(int=3)")]
    [InlineData("\"%!\" 3", "%!!(int=3)")]
    [InlineData("\"100%%|%5%\"", "100%|%")]
    [InlineData("\"%*d|%-*d|%*d\" 5 1 5 1 -4 1", "    1|1    |1   ")]
    [InlineData("\"%.*f|%*.*f\" 1 2.55 6 1 2.55", "2.5|   2.5")]
    [InlineData("\"%*d\" \"a\" 1", "%!(BADWIDTH)1")]
    [InlineData("\"%.*d\" -1 1", "%!(BADPREC)1")]
    [InlineData("\"%[2]d %[1]d\" 1 2", "2 1")]
    [InlineData("\"%[2]*[1]d|%[1]v\" 3 4", "   3|3")]
    [InlineData("\"%[3]d\" 1", "%!d(BADINDEX)")]
    [InlineData("\"%[x]d\" 1", "%!d(BADINDEX)")]
    [InlineData("\"%[1]5d\" 1", "%!d(BADINDEX)")]
    [InlineData("\"%[1]d %d\" 1 2", "1 2")]
    public void Errors_in_place(string call, string expected) => Check(call, expected);

    private static void Check(string call, string expected) => Assert.Equal(expected, Samples.Run($"{{{{printf {call}}}}}"));
}
