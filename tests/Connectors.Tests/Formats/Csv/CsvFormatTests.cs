using Millrace.Connectors.Tests.Files;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Formats.Csv;

public sealed class CsvFormatTests
{
    private static readonly Field Id = new("id", LogicalType.Int), Name =
        new("name", LogicalType.String), Rate = new("rate", LogicalType.Double);

    [Fact]
    public void Fields_are_split_and_unquoted()
    {
        using FileTable table = Csv(Id, Name, Rate).File("a",
            "1,plain,0.5\n2,\"with, comma\",1\r\n3,\"a \"\"word\"\"\",2\n\n4,\"two\nlines\",3\n5,,4");
        Assert.Equal(
            ["1|plain|0.5", "2|with, comma|1", "3|a \"word\"|2", "4|two\nlines|3", "5||4"], table.ReadAll());
    }

    [Fact]
    public void Only_the_columns_of_the_scan_are_read()
    {
        using FileTable table = Csv(Id, Name, Rate).File("a", "x,b,y\n");
        table.Scan = new([new Shared.Connect.PhysicalScanColumn(1, "name", LogicalType.String)], []);
        Assert.Equal(["b"], table.ReadAll());
    }

    [Fact]
    public void The_options_choose_delimiter_quote_escape_null_and_comments()
    {
        using FileTable table = Csv(Id, Name, new Field("a", LogicalType.Array(LogicalType.Int)))
            .With("csv.field-delimiter", "\\t").With("csv.quote-character", "'").With(
                "csv.escape-character", "\\")
            .With("csv.null-literal", "n/a").With("csv.allow-comments", "true").With(
                "csv.array-element-delimiter", "|")
            .File("a", "# id, name\n1\t'a\tb'\t1|2\nn/a\tc\\\td\t\n3\t'n/a'\tn/a\n");
        Assert.Equal(["1|a\tb|[1, 2]", "NULL|c\td|[]", "3|NULL|NULL"], table.ReadAll());
    }

    [Fact]
    public void Without_a_quote_character_quotes_are_text()
    {
        using FileTable table =
            Csv(Id, Name).With("csv.disable-quote-character", "true").File("a", "1,\"x\"\n");
        Assert.Equal(["1|\"x\""], table.ReadAll());
    }

    [Fact]
    public void A_bad_line_fails_by_name_or_is_left_out()
    {
        using FileTable strict = Csv(Id, Name).File("a.csv", "1,a\n2\n");
        Assert.Equal(
            $"Table 'events': file '{strict.Folder}/a.csv', line 2, byte 4: 2 fields should be here, not 1.",
            Assert.Throws<MillraceException>(() => strict.ReadAll()).Message);
        using FileTable lenient =
            Csv(Id, Name).With("csv.ignore-parse-errors", "true").File("a", "1,a\n2\nx,c\n4,d,e\n");
        Assert.Equal(["1|a", "2|NULL", "NULL|c", "4|d"], lenient.ReadAll());
    }

    [Fact]
    public void A_quote_that_does_not_end_is_an_error()
    {
        using FileTable table = Csv(Id, Name).File("a", "1,a\n2,\"b\n3,c\n");
        Assert.Contains("line 2, byte 4: the file ends inside quotes",
            Assert.Throws<MillraceException>(() => table.ReadAll()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_it_cannot_hold_are_refused()
    {
        using FileTable table = Csv(new Field("m", LogicalType.Map(LogicalType.String, LogicalType.Int)));
        Assert.Contains("MAP<STRING, INT>",
            Assert.Throws<MillraceException>(() => table.Connector.Check(table.Spec)).Message,
                StringComparison.Ordinal);
    }

    private static FileTable Csv(params Field[] columns) => new FileTable(columns).With("format", "csv");
}
