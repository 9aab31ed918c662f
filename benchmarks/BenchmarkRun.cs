using System.Globalization;
using System.Text.Json;

namespace Millrace.Benchmarks;

/// <summary>The command line: <c>./bench [NAME…] [--rounds N] [--json FILE]</c>.</summary>
internal static class BenchmarkRun
{
    private const int DefaultRounds = 7;
    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static int Start(IBenchmark[] all, string[] args)
    {
        List<string> names = [];
        string? file = null;
        var settings = new BenchmarkSettings(DefaultRounds);
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--json" when i + 1 < args.Length: file = args[++i]; break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], out int rounds)
                    && rounds > 0:
                    settings = settings with { Rounds = rounds };
                    i++;
                    break;
                case var name when all.Any(b => b.Name == name): names.Add(name); break;
                default: return Help(all, args[i]);
            }
        }
        var results = all.Where(b => names.Count == 0 || names.Contains(b.Name))
            .ToDictionary(b => b.Name, b => Show(b, b.Run(settings)));
        if (file is not null) File.WriteAllText(file, JsonSerializer.Serialize(results, Json) + "\n");
        return 0;
    }

    private static IReadOnlyList<Measurement> Show(
        IBenchmark benchmark, IReadOnlyList<Measurement> measurements)
    {
        Console.WriteLine($"{benchmark.Name}: {benchmark.Summary}");
        int width = measurements.Max(m => m.What.Length);
        if (measurements.Any(m => m.Value is null))
            Console.WriteLine($"  {"".PadRight(width)}  events/s per core    MB/s  ratio"
                + (measurements.Any(m => m.WallMegabytesPerSecond > 0) ? "  MB/s by the clock" : ""));
        foreach (Measurement m in measurements) Console.WriteLine($"  {m.What.PadRight(width)}  {Figures(m)}");
        return measurements;
    }

    private static string Figures(Measurement m) => m.Value is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"{value,17:N2}  {m.Unit}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{m.EventsPerCoreSecond,17:N0}  {m.MegabytesPerCoreSecond,6:N0}  {m.Ratio,5:N2}")
            + (m.WallMegabytesPerSecond > 0
                ? string.Create(CultureInfo.InvariantCulture, $"  {m.WallMegabytesPerSecond,17:N0}") : "");

    private static int Help(IBenchmark[] all, string argument)
    {
        if (argument != "--help")
            Console.Error.WriteLine($"bench: '{argument}' is no benchmark and no option.");
        Console.WriteLine("Usage: ./bench [NAME...] [--rounds N] [--json FILE]");
        foreach (IBenchmark benchmark in all) Console.WriteLine($"  {benchmark.Name}  {benchmark.Summary}");
        return argument == "--help" ? 0 : 2;
    }
}
