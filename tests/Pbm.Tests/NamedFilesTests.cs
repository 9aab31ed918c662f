using Millrace.CommandProtocol;
using Millrace.Pbm.Connection;
using Xunit;

namespace Millrace.Pbm.Tests;

public sealed class NamedFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly NamedFiles _files;

    public NamedFilesTests()
    {
        _folder.Write("jobs/a.yaml", "yaml");
        _folder.Write("jobs/sql/a.sql", "sql");
        _folder.Write("jobs-other/secret", "secret");
        _folder.Write("secret", "secret");
        _files = new NamedFiles(["jobs/a.yaml"], _folder.Path);
    }

    [Theory]
    [InlineData("jobs/a.yaml", "yaml")]
    [InlineData("jobs/sql/a.sql", "sql")]
    [InlineData("jobs/sql/../a.yaml", "yaml")]
    public void A_file_beside_a_named_one_or_below_is_sent(string path, string text) =>
        Assert.Equal(new FileContent(path, text, null), _files.Read(path));

    [Theory]
    [InlineData("secret")]
    [InlineData("jobs/../secret")]
    [InlineData("jobs-other/secret")]
    [InlineData("/etc/passwd")]
    [InlineData("jobs")]
    public void Any_other_file_stays_here(string path)
    {
        FileContent file = _files.Read(path);
        Assert.Null(file.Text);
        Assert.StartsWith("It is not in the folder of a file that the command line names", file.Problem);
    }

    [Fact]
    public void A_link_out_of_the_folder_leads_out_of_it()
    {
        File.CreateSymbolicLink(_folder.File("jobs/link"), _folder.File("secret"));
        Directory.CreateSymbolicLink(_folder.File("jobs/up"), _folder.Path);
        Assert.Null(_files.Read("jobs/link").Text);
        Assert.Null(_files.Read("jobs/up/secret").Text);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_told_apart()
    {
        Assert.Equal(FileContent.Missing, _files.Read("jobs/none.sql").Problem);
        Assert.Equal("It is a folder.", _files.Read("jobs/sql").Problem);
    }

    public void Dispose() => _folder.Dispose();
}
