using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using Millrace.Run.Jobs;

namespace Millrace.Run.CommandLine;

/// <summary>The options of <c>./run</c> and what they may be.</summary>
internal static class RunCommand
{
    private const string Purpose =
        "Runs the three jobs of the specification on EdNet, made into business events, and shows their "
        + "results.";

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Where results lie (DIR/results.db), and events and tables where none are given.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "out",
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Run this job only; may be given several times.",
        HelpName = "JOB",
    };

    private static readonly Option<string?> PrepareOnly = new("--prepare-only")
    {
        Description = "Replace DIR/events and DIR/tables.db by fresh ones and stop.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "Run on events and tables that --prepare-only made in DIR.",
        HelpName = "DIR",
    };

    private static readonly Option<int?> Parallelism = new("--parallelism")
    {
        Description = "Subtasks of each operator, instead of what the jobs' YAML files say.",
        HelpName = "N",
        CustomParser = result => ReadCount(result),
    };

    private static readonly Option<int> Repeat = new("--repeat")
    {
        Description = "Copies of EdNet one after the other, each with learners and times of its own.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = ReadCount,
    };

    private static readonly Option<TimeSpan?> KillEvery = new("--kill-every")
    {
        Description = "Fail a random running subtask that often (500ms, 2s) until the jobs end.",
        HelpName = "TIME",
        CustomParser = ReadDuration,
    };

    private static readonly Option<string[]> Events = new("--events")
    {
        Description = "Business events in JSON lines (also .gz) instead of EdNet's.",
        HelpName = "FILE...",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "Write the figures of the run to FILE.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "A variable of the jobs: events, tables or out.",
        HelpName = "NAME=VALUE",
    };

    private static readonly Option<string[]> Conf = new("--conf")
    {
        Description = "A key below job_config of the jobs' YAML files, as in runtime.restart_delay=200ms.",
        HelpName = "KEY=VALUE",
    };

    static RunCommand()
    {
        Only.AcceptOnlyFromAmong([.. JobCatalog.All.Select(job => job.Name)]);
        Set.Validators.Add(NeedsEquals);
        Conf.Validators.Add(NeedsEquals);
    }

    /// <param name="run">What to do with the checked options; its result is the exit code.</param>
    public static RootCommand Create(Func<RunOptions, CancellationToken, Task<int>> run)
    {
        RootCommand command = new(Purpose)
        {
            Out, Only, PrepareOnly, From, Parallelism, Repeat, KillEvery, Events, Json, Set, Conf,
        };
        command.Validators.Add(RefuseContradictions);
        command.SetAction((result, cancel) => run(Read(result), cancel));
        return command;
    }

    /// <summary>
    /// The checked command line; what is wrong with it is said without the whole help behind it.
    /// </summary>
    public static ParseResult Parse(RootCommand command, string[] arguments)
    {
        ParseResult result = command.Parse(arguments);
        if (result.Action is ParseErrorAction refusal)
            refusal.ShowHelp = false;
        return result;
    }

    private static RunOptions Read(ParseResult result) => new()
    {
        Out = result.GetValue(Out)!,
        Only = result.GetValue(Only) ?? [],
        PrepareOnly = result.GetValue(PrepareOnly),
        From = result.GetValue(From),
        Parallelism = result.GetValue(Parallelism),
        Repeat = result.GetValue(Repeat),
        KillEvery = result.GetValue(KillEvery),
        Events = result.GetResult(Events) is null ? null : result.GetValue(Events),
        Json = result.GetValue(Json),
        Variables = Pairs(result.GetValue(Set)),
        Configuration = Pairs(result.GetValue(Conf)),
    };

    private static void RefuseContradictions(CommandResult result)
    {
        bool from = result.GetResult(From) is not null;
        if (from && result.GetResult(Repeat) is { Implicit: false })
            result.AddError("--repeat works where events are made; --from takes events that are there.");
        if (from && result.GetResult(Events) is not null)
            result.AddError("--events and --from both name the events; give one.");
        if (from && result.GetResult(PrepareOnly) is not null)
            result.AddError("--prepare-only makes a folder for --from; give one.");
        if (result.GetResult(Events) is not null && result.GetResult(Repeat) is { Implicit: false })
            result.AddError("--repeat copies EdNet; with --events there is none.");
    }

    private static int ReadCount(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1)
            return count;
        result.AddError($"'{text}' is no count; write a whole number, at least 1.");
        return 1;
    }

    private static void NeedsEquals(OptionResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1)
                result.AddError($"{result.Option.Name} {token.Value}: write {result.Option.HelpName}.");
        }
    }

    private static TimeSpan? ReadDuration(ArgumentResult result)
    {
        if (Duration.TryParse(result.Tokens[0].Value, out TimeSpan duration) && duration > TimeSpan.Zero)
            return duration;
        result.AddError($"'{result.Tokens[0].Value}' is no duration; write 500ms or 2s.");
        return null;
    }

    private static Dictionary<string, string> Pairs(string[]? texts) => (texts ?? [])
        .Select(text => text.Split('=', 2))
        .GroupBy(pair => pair[0], pair => pair[1])
        .ToDictionary(pairs => pairs.Key, pairs => pairs.Last());
}
