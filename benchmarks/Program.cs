using Millrace.Benchmarks;
using Millrace.Benchmarks.ControlPlane;
using Millrace.Benchmarks.Decode;
using Millrace.Benchmarks.Exchange;
using Millrace.Benchmarks.Failover;
using Millrace.Benchmarks.Runtime;

if (args.FirstOrDefault() == SimulatedNodes.Word) return await SimulatedNodes.RunAsync(args);

// Each new benchmark is a file, and a line here.
IBenchmark[] all =
[
    new DecodeBenchmark(),
    new GroupByBenchmark("group-10k", keys: 10_000, events: 40_000_000),
    new GroupByBenchmark("group-1m", keys: 1_000_000, events: 20_000_000),
    new CalcBenchmark(),
    new MatchBenchmark(),
    new ExchangeBenchmark(),
    new ControlPlaneBenchmark("control-plane", 100, 300, 1000),
    new ControlPlaneBenchmark("control-plane-100", 100),
    new ControlPlaneBenchmark("control-plane-300", 300),
    new ControlPlaneBenchmark("control-plane-1000", 1000),
    new FailoverBenchmark(),
];

return BenchmarkRun.Start(all, args);
