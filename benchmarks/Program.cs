using Millrace.Benchmarks;
using Millrace.Benchmarks.Decode;

// Each new benchmark is a file, and a line here.
IBenchmark[] all = [new DecodeBenchmark()];

return BenchmarkRun.Start(all, args);
