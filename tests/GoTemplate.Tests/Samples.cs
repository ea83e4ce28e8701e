using System.Text.Json.Nodes;

namespace GoTemplate.Tests;

/// <summary>The data that the tables of templates run over.</summary>
internal static class Samples
{
    public static readonly FunctionMap Functions = FunctionMap.Sprig()
        .With("twice", (string s) => s + s)
        .With("sum", (params long[] n) => n.Sum())
        .With("nothing", () => (object?)null)
        .With("broken", new Func<string>(() => throw new InvalidOperationException("it broke")))
        .With("lower2", 1, 2, a => string.Join('|', a));

    public static Dictionary<string, object?> Data() => new()
    {
        ["I"] = (nint)17,
        ["I64"] = 64L,
        ["U"] = 16UL,
        ["F"] = 1.5,
        ["S"] = "hello",
        ["Empty"] = "",
        ["T"] = true,
        ["Nil"] = null,
        ["M"] = new Dictionary<string, object?> { ["b"] = 2.0, ["a"] = "x", ["c"] = new List<object?> { 1.0, null, "z" } },
        ["Labels"] = new Dictionary<string, string> { ["app"] = "web", ["tier"] = "front" },
        ["L"] = new List<object?> { "a", "b", "c" },
        ["SL"] = new[] { "p", "q" },
        ["E"] = new List<object?>(),
        ["EM"] = new Dictionary<string, object?>(),
        ["Ints"] = new Dictionary<int, string> { [10] = "ten", [9] = "nine" },
        ["J"] = JsonNode.Parse("""{"n":1000000,"x":{"y":[1,2,{"z":"deep"}]},"nul":null,"t":true,"f":123456,"s":"<&>"}"""),
        ["O"] = new Struct(),
        ["NilO"] = new NilPointer(),
        ["Mode"] = new Mode(1),
        ["P"] = new Person("Ann", 30, null),
        ["Fn"] = new Func<string, string>(s => s + "!"),
        ["D"] = TimeSpan.FromSeconds(3661.5),
    };

    public static string Run(string template, object? data = null, TemplateOptions? options = null) =>
        Template.Parse("t", template, Functions, options).Execute(data ?? Data());

    public sealed record Person(string Name, long Age, Person? Friend)
    {
        public string Greet(string greeting) => $"{greeting}, {Name}";

        public string Join(string separator, params string[] words) => string.Join(separator, words);
    }

    private sealed class Struct : IGoObject
    {
        public string GoType => "*tests.Struct";

        public bool TryGetField(string name, out object? value)
        {
            value = name switch { "Name" => "field", "Inner" => new NilPointer(), "Map" => Data(), _ => null };
            return name is "Name" or "Inner" or "Map";
        }

        public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
        {
            result = name switch { "GetName" => "method", "Add" => $"{args.Count}:{string.Join(',', args)}", _ => null };
            if (name == "Fail") throw new InvalidOperationException("method failed");
            return name is "GetName" or "Add";
        }
    }

    private sealed class NilPointer : IGoObject
    {
        public string GoType => "*tests.Nil";

        public bool IsNil => true;

        public bool TryGetField(string name, out object? value)
        {
            value = null;
            return name == "Field";
        }

        public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
        {
            result = false;
            return name == "GetValue";
        }
    }

    /// <summary>An enum as protobuf makes it: a number with a String method.</summary>
    private sealed class Mode(int value) : IGoObject
    {
        public string GoType => "tests.Mode";

        public object? Underlying => value;

        public bool TryGetField(string name, out object? value)
        {
            value = null;
            return false;
        }

        public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
        {
            result = value == 1 ? "TPROXY" : "REDIRECT";
            return name == "String";
        }
    }
}
