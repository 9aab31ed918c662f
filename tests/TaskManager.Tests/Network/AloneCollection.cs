using Xunit;

namespace Millrace.TaskManager.Tests.Network;

/// <summary>Tests that count what the process allocates.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
