using Xunit;

// Clusters mostly wait, for leases and detectors: several at a time cost little more than one.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
