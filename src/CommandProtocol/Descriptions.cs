namespace Millrace.CommandProtocol;

/// <summary>What a server offers, so that the client need not know it.</summary>
/// <param name="Help">One sentence.</param>
public sealed record PaletteDescription(
    string Name, string Help, IReadOnlyList<CommandDescription> Commands);

/// <summary>One command of a palette.</summary>
public sealed record CommandDescription
{
    public required string Name { get; init; }

    /// <summary>One sentence.</summary>
    public required string Help { get; init; }

    /// <summary>By position.</summary>
    public IReadOnlyList<Parameter> Arguments { get; init; } = [];

    /// <summary>By name, <c>--name</c>.</summary>
    public IReadOnlyList<Parameter> Options { get; init; } = [];

    /// <summary>How the result, and each observation of a live view, is shown; empty: as JSON.</summary>
    public IReadOnlyList<Section> Sections { get; init; } = [];

    /// <summary>
    /// An observation in one line: <c>{member:kind}</c> stands for a member, and what is in brackets for
    /// nothing where its members have no value. Empty where there is no live view.
    /// </summary>
    public string Line { get; init; } = "";

    /// <summary>When the connection is lost before the answer, the client sends it again.</summary>
    public bool CanRepeat { get; init; }
}

/// <summary>An argument or an option.</summary>
public sealed record Parameter
{
    public required string Name { get; init; }

    public required string Help { get; init; }

    /// <summary>One of <see cref="ParameterKinds"/>; what a client does not know is a text.</summary>
    public string Kind { get; init; } = ParameterKinds.Text;

    /// <summary>The option's letter; empty for none.</summary>
    public string Letter { get; init; } = "";

    /// <summary>How help calls the value.</summary>
    public string Value { get; init; } = "";

    public bool IsRequired { get; init; }

    public bool IsMany { get; init; }

    /// <summary>What a <see cref="CompleteRequest"/> names to get values; empty for none.</summary>
    public string Completes { get; init; } = "";
}

public static class ParameterKinds
{
    public const string Text = "text";

    /// <summary>A whole number.</summary>
    public const string Number = "number";

    /// <summary>An option without a value.</summary>
    public const string Flag = "flag";

    /// <summary><c>name=value</c>.</summary>
    public const string Pair = "pair";

    /// <summary>
    /// A file where the client runs; the server may read it and what lies in its folder or below.
    /// </summary>
    public const string File = "file";

    public const string Folder = "folder";
}

/// <summary>A part of a result.</summary>
/// <param name="Kind">One of <see cref="SectionKinds"/>; another one is shown as JSON.</param>
/// <param name="Member">The member of the document that is shown; empty: the document itself.</param>
/// <param name="Title">A heading; empty for none.</param>
/// <param name="Columns">Of a table and a record; the first one labels the nodes of a tree.</param>
public sealed record Section(
    string Kind, string Member, string Title, IReadOnlyList<ColumnDescription> Columns);

public static class SectionKinds
{
    /// <summary>A list of objects, a row each.</summary>
    public const string Table = "table";

    /// <summary>An object, a line each member.</summary>
    public const string Record = "record";

    /// <summary>A text, as it is.</summary>
    public const string Text = "text";

    /// <summary>An object, its member <c>children</c> a list of such.</summary>
    public const string Tree = "tree";
}

/// <param name="Member">Of the row's object.</param>
/// <param name="Kind">One of <see cref="ColumnKinds"/>; what a client does not know is a text.</param>
public sealed record ColumnDescription(string Member, string Title, string Kind = ColumnKinds.Text);

public static class ColumnKinds
{
    public const string Text = "text";

    public const string Id = "id";

    /// <summary>A state of Flink's JobStatus or of a member, coloured.</summary>
    public const string State = "state";

    public const string Number = "number";

    public const string Bytes = "bytes";

    /// <summary>Milliseconds.</summary>
    public const string Duration = "duration";

    /// <summary>Milliseconds since the epoch.</summary>
    public const string Time = "time";

    /// <summary>A share, 0 to 1.</summary>
    public const string Bar = "bar";
}
