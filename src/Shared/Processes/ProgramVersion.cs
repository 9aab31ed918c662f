using System.Reflection;

namespace Millrace.Shared.Processes;

/// <summary>What <c>--version</c> prints; all programs of a build have the same.</summary>
public static class ProgramVersion
{
    /// <summary>Without what names the commit.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "";
}
