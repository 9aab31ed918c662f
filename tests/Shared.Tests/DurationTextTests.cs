using Millrace.Shared.Options;
using Xunit;

namespace Millrace.Shared.Tests;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("250", 250)]
    [InlineData("250 ms", 250)]
    [InlineData("60s", 60_000)]
    [InlineData("1 Hour", 3_600_000)]
    [InlineData("24d", 2_073_600_000)]
    public void A_number_and_a_unit_are_a_duration(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, DurationText.LongestWait, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("")]
    [InlineData("s")]
    public void What_is_none_is_refused_with_the_form(string text)
    {
        Assert.False(DurationText.TryParse(text, out _));
        Assert.Equal(DurationText.Form, DurationText.Expected(text, TimeSpan.MaxValue));
    }

    [Theory]
    [InlineData("10675200d")]
    [InlineData("99999999999999999999999999999999999999999999ns")]
    [InlineData("99999999999999999999999999999999999999999999d")]
    public void One_that_is_too_long_is_refused_with_the_longest(string text)
    {
        Assert.False(DurationText.TryParse(text, out _));
        Assert.False(DurationText.TryParse(text, DurationText.LongestWait, out _));
        Assert.Equal("at most 10675199d", DurationText.Expected(text, TimeSpan.MaxValue));
        Assert.Equal("at most 24d", DurationText.Expected(text, DurationText.LongestWait));
    }
}
