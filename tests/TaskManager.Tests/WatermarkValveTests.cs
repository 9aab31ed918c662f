using Millrace.Shared.Dataflow;
using Millrace.TaskManager.Exchange;
using Xunit;

namespace Millrace.TaskManager.Tests;

public sealed class WatermarkValveTests
{
    private readonly WatermarkValve _valve = new(2);

    [Fact]
    public void The_output_is_the_minimum_and_waits_for_every_channel()
    {
        Assert.False(_valve.OnWatermark(0, new(10)));
        Assert.True(_valve.OnWatermark(1, new(5)));
        Assert.Equal(new Watermark(5), _valve.Output);
        Assert.True(_valve.OnWatermark(1, new(20)));
        Assert.Equal(new Watermark(10), _valve.Output);
    }

    [Fact]
    public void A_watermark_that_goes_back_is_ignored()
    {
        _valve.OnWatermark(0, new(10));
        _valve.OnWatermark(1, new(10));
        Assert.False(_valve.OnWatermark(0, new(3)));
        Assert.Equal(new Watermark(10), _valve.Output);
    }

    [Fact]
    public void An_idle_channel_leaves_the_minimum()
    {
        _valve.OnWatermark(0, new(10));
        Assert.True(_valve.OnIdle(1));
        Assert.Equal(new Watermark(10), _valve.Output);
        Assert.False(_valve.IsIdle);
    }

    [Fact]
    public void When_the_last_channel_goes_idle_the_maximum_holds()
    {
        _valve.OnWatermark(0, new(10));
        _valve.OnWatermark(1, new(30));
        _valve.OnIdle(1);
        Assert.True(_valve.OnIdle(0));
        Assert.Equal(new Watermark(30), _valve.Output);
        Assert.True(_valve.IsIdle);
    }

    [Fact]
    public void A_channel_that_comes_back_counts_only_once_it_has_caught_up()
    {
        _valve.OnWatermark(0, new(10));
        _valve.OnWatermark(1, new(10));
        _valve.OnIdle(1);
        _valve.OnWatermark(0, new(50));
        _valve.OnActive(1);
        Assert.True(_valve.OnWatermark(0, new(60)));
        Assert.False(_valve.OnWatermark(1, new(40)));
        Assert.Equal(new Watermark(60), _valve.Output);
        _valve.OnWatermark(1, new(65));
        Assert.True(_valve.OnWatermark(0, new(70)));
        Assert.Equal(new Watermark(65), _valve.Output);
    }
}
