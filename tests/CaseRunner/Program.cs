using Millrace.CaseRunner;

const string Usage =
    "usage: ./cases DIR [--json FILE] [--only TEXT] [--mode straight|restored|rescaled] [--verbose]";
string? directory = null;
string? jsonFile = null;
string? only = null;
bool isVerbose = false;
var mode = CaseMode.Straight;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--json" when i + 1 < args.Length: jsonFile = args[++i]; break;
        case "--only" when i + 1 < args.Length: only = args[++i]; break;
        case "--mode" when i + 1 < args.Length && Enum.TryParse(args[i + 1], ignoreCase: true, out mode):
            i++;
            break;
        case "--verbose": isVerbose = true; break;
        case var path when directory is null && !path.StartsWith('-'): directory = path; break;
        default: return Complain();
    }
}
if (directory is null || !(Directory.Exists(directory) || File.Exists(directory))) return Complain();

string[] files = File.Exists(directory)
    ? [directory]
    : [.. Directory.EnumerateFiles(directory, "*.case", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)];
CaseResult[] results =
[
    .. files.Where(f => only is null || f.Contains(only, StringComparison.Ordinal))
        .Select(f => CaseRun.Run(f, mode)),
];
if (jsonFile is not null) File.WriteAllText(jsonFile, Report.Json(results));
if (isVerbose)
    foreach (CaseResult result in results.Where(r => r.Status != CaseStatus.Failed))
        Console.WriteLine($"{result.Status} {result.Case}: {result.Message}");
Report.Print(results, Console.Out);
return Array.Exists(results, r => r.Status == CaseStatus.Failed) ? 1 : 0;

int Complain()
{
    Console.Error.WriteLine(Usage);
    return 2;
}
