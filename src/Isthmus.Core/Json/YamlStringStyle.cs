namespace Isthmus.Core.Json;

/// <summary>How a string is written in YAML.</summary>
internal enum YamlStringStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}
