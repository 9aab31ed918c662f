using Microsoft.Extensions.Time.Testing;
using Millrace.Shared.Remoting;
using Xunit;

namespace Millrace.Shared.Tests.Remoting;

public sealed class RepeatedNewsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void News_is_told_once_and_again_when_it_still_comes_after_the_interval()
    {
        var news = new RepeatedNews(_time);
        Assert.True(news.IsNew("a"));
        Assert.True(news.IsNew("b"));
        Assert.False(news.IsNew("a"));
        _time.Advance(RepeatedNews.Interval);
        Assert.True(news.IsNew("a"));
        Assert.False(news.IsNew("a"));
    }

    [Fact]
    public void Who_has_told_too_much_forgets_it()
    {
        var news = new RepeatedNews(_time);
        Assert.All(Enumerable.Range(0, RepeatedNews.Most), i => Assert.True(news.IsNew($"{i}")));
        Assert.False(news.IsNew("0"));
        Assert.True(news.IsNew("one more"));
        Assert.True(news.IsNew("0"));
    }
}
