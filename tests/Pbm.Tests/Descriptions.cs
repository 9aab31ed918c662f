using Millrace.CommandProtocol;

namespace Millrace.Pbm.Tests;

/// <summary>A palette that no server has, for what the client makes of a description.</summary>
internal static class Descriptions
{
    public static IReadOnlyList<PaletteDescription> Palettes { get; } =
    [
        new("train", "Moves trains.",
        [
            new CommandDescription
            {
                Name = "send",
                Help = "Sends a train.",
                Arguments =
                [
                    new Parameter
                    {
                        Name = "from",
                        Help = "Where from.",
                        IsRequired = true,
                        Completes = "stations",
                    },
                    new Parameter { Name = "over", Help = "Over what.", IsMany = true },
                ],
                Options =
                [
                    new Parameter { Name = "file", Letter = "f", Kind = "file", Value = "FILE", Help = "P." },
                    new Parameter { Name = "set", Kind = "pair",
                        Value = "NAME=VALUE", Help = "", IsMany = true },
                    new Parameter { Name = "cars", Letter = "c", Kind = "number", Value = "N", Help = "B." },
                    new Parameter { Name = "fast", Kind = "flag", Help = "C." },
                    new Parameter { Name = "smell", Kind = "perfume", Help = "A kind of tomorrow." },
                ],
            },
            new CommandDescription { Name = "stop", Help = "Stops all." },
        ]),
        new("signal", "Shows signals.", [new CommandDescription { Name = "list", Help = "Lists them." }]),
    ];
}
