using Millrace.Shared.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Millrace.Shared.Configuration;

/// <summary>Finds a key that stands twice in one mapping, of which a parser of documents names one place.</summary>
internal static class YamlKeys
{
    /// <param name="path">For messages.</param>
    /// <exception cref="MillraceException">Invalid: a key stands twice; names both places.</exception>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static void RefuseTwice(string path, string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        parser.Consume<StreamStart>();
        while (!parser.Accept<StreamEnd>(out _)) Node(path, parser);
    }

    private static void Node(string path, IParser parser)
    {
        if (parser.TryConsume<MappingStart>(out _)) Mapping(path, parser);
        else if (parser.TryConsume<SequenceStart>(out _))
            while (!parser.TryConsume<SequenceEnd>(out _)) Node(path, parser);
        else parser.MoveNext();
    }

    private static void Mapping(string path, IParser parser)
    {
        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (parser.Accept<Scalar>(out Scalar? key) && !seen.TryAdd(key.Value, key.Start))
                throw ConfigFile.Twice(
                    key.Value, ConfigFile.Place(path, seen[key.Value]), ConfigFile.Place(path, key.Start));
            Node(path, parser);
            Node(path, parser);
        }
    }
}
