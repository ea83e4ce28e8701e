namespace Isthmus.Core.Json;

/// <summary>Reads the embedded table of structs; its first lines explain the format.</summary>
internal static class MergeSchemaText
{
    public static Dictionary<string, MergeSchema> Read(string resource)
    {
        using Stream stream = typeof(MergeSchemaText).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly lacks its resource {resource}");
        using var reader = new StreamReader(stream);
        string[] lines = [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

        var structs = new Dictionary<string, MergeSchema>(StringComparer.Ordinal);
        foreach (string[] words in lines.Where(line => line[0] != ' ').Select(line => line.Split(' ')))
            structs.Add(words[0], new MergeSchema(words[0], words.Contains("open")));

        MergeSchema? current = null;
        foreach (string line in lines)
        {
            if (line[0] != ' ')
                current = structs[line.Split(' ')[0]];
            else
                current?.Add(Field(line.Trim().Split(' '), structs));
        }
        return structs;
    }

    private static MergeField Field(string[] words, Dictionary<string, MergeSchema> structs)
    {
        string type = words[1];
        FieldShape shape = type.StartsWith("[]", StringComparison.Ordinal) ? FieldShape.List
            : type.StartsWith("map:", StringComparison.Ordinal) ? FieldShape.Map
            : FieldShape.One;
        bool pointer = type.Contains('*', StringComparison.Ordinal);
        string name = type[(type.LastIndexOfAny(['*', ']', ':']) + 1)..];
        string? merge = Flag("merge");
        return new MergeField(
            words[0], Flag("go") ?? char.ToUpperInvariant(words[0][0]) + words[0][1..], name, structs.GetValueOrDefault(name), shape, pointer,
            words.Contains("always"), merge is not null, merge ?? "", words.Contains("retainKeys"));

        string? Flag(string flag) => words.Skip(2).Where(word => word == flag || word.StartsWith(flag + "=", StringComparison.Ordinal))
            .Select(word => word.Length > flag.Length ? word[(flag.Length + 1)..] : "").FirstOrDefault();
    }
}
