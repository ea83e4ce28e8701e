namespace GoTemplate.Formatting;

/// <summary>The flags, width and precision of one verb of a format.</summary>
internal struct Flags
{
    public bool Minus;
    public bool Plus;
    public bool Sharp;
    public bool Space;
    public bool Zero;

    /// <summary>%+v: field names.</summary>
    public bool PlusV;

    /// <summary>%#v: Go syntax.</summary>
    public bool SharpV;

    /// <summary>The width, or -1.</summary>
    public int Width;

    /// <summary>The precision, or -1.</summary>
    public int Precision;

    public static Flags None => new() { Width = -1, Precision = -1 };
}
