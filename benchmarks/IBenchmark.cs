namespace Millrace.Benchmarks;

/// <summary>One question about speed, answered beside a loop written by hand, in the same run.</summary>
/// <remarks>A benchmark has a file of its own, is named in <see cref="Program"/>, and checks what it
/// computes: a fast wrong answer is thrown out.</remarks>
internal interface IBenchmark
{
    /// <summary>The word that <c>./bench</c> takes.</summary>
    string Name { get; }

    /// <summary>What is measured, in one line.</summary>
    string Summary { get; }

    IReadOnlyList<Measurement> Run(BenchmarkSettings settings);
}

/// <param name="Rounds">Rounds that count; one more comes before, for the just-in-time compiler.</param>
internal sealed record BenchmarkSettings(int Rounds);

/// <param name="What">The contestant.</param>
/// <param name="EventsPerCoreSecond">Median over the rounds; CPU time of the whole process.</param>
/// <param name="MegabytesPerCoreSecond">0 where bytes are not the point.</param>
/// <param name="Ratio">To the loop by hand, which has 1.</param>
internal sealed record Measurement(
    string What, double EventsPerCoreSecond, double MegabytesPerCoreSecond = 0, double Ratio = 1)
{
    /// <summary>By the clock, with as many cores as there are; 0 where cores are not the point.</summary>
    public double WallMegabytesPerSecond { get; init; }

    /// <summary>A figure of another kind in place of the others, with its unit.</summary>
    public double? Value { get; private init; }

    public string Unit { get; private init; } = "";

    public static Measurement Of(string what, double value, string unit) =>
        new(what, 0, 0, 0) { Value = value, Unit = unit };
}
