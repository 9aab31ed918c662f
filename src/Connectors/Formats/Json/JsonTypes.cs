using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Which column types JSON can hold.</summary>
internal static class JsonTypes
{
    /// <exception cref="Shared.Errors.MillraceException">Invalid: names the column whose type JSON cannot
    /// hold.</exception>
    public static void Check(TableSpec table, OptionReader options)
    {
        foreach (Field column in table.Physical.Fields)
            if (Refused(column.Type) is { } why)
                throw options.Error($"has the column '{column.Name}' of type {column.Type}: {why}");
    }

    private static string? Refused(LogicalType type) => type.Kind switch
    {
        TypeKind.Map or TypeKind.Multiset when !type.Element!.IsCharacter =>
            "the format 'json' has only strings as keys of a MAP or MULTISET",
        TypeKind.Map => Refused(type.Value!),
        TypeKind.Array => Refused(type.Element!),
        TypeKind.Row => type.Fields.Select(f => Refused(f.Type)).FirstOrDefault(why => why is not null),
        TypeKind.Symbol => "no column can have it",
        _ => null,
    };
}
