using System.Text;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>All targets of a scan, found by name.</summary>
internal sealed class JsonTargets
{
    private const int MaxTargets = 64;

    private readonly List<(byte[] Name, JsonMemberTarget Target)> _members = [];
    private readonly List<(JsonMemberTarget Member, byte[] Name, JsonFieldTarget Target)> _fields = [];
    private readonly List<JsonTarget> _all = [];
    private readonly JsonScanPlan _plan;

    private JsonTargets(TableSpec table, JsonScanPlan plan, JsonFormatOptions options)
    {
        _plan = plan;
        foreach (JsonScanMember member in plan.Members)
        {
            Field column = table.Physical[member.Physical];
            var target =
                new JsonMemberTarget(NextBit(), member, column.Type, new JsonNullable(column.Type, options))
                {
                    Wanted = _plan.WantedText(member.Outputs),
                };
            _members.Add((Encoding.UTF8.GetBytes(column.Name), target));
            _all.Add(target);
            RequiredBits |= options.FailsOnMissingField ? target.Bit : 0;
            if (member.Text is { } text) AddFields(target, text);
        }
    }

    /// <summary>Bits that every row must have set.</summary>
    public ulong RequiredBits { get; }

    public IReadOnlyList<JsonTarget> All => _all;

    /// <returns>Null where the scan wants what only the general reader can find.</returns>
    public static JsonTargets? Of(TableSpec table, JsonScanPlan plan, JsonFormatOptions options)
    {
        IEnumerable<JsonScanColumn> fields = plan.Members.SelectMany(m => m.Text?.Columns ?? []);
        bool isFlat = fields.All(f => f.Path.Length == 1);
        bool fits = plan.Members.Length + fields.Count() <= MaxTargets;
        return isFlat && fits ? new JsonTargets(table, plan, options) : null;
    }

    /// <summary>The member of that name, or null.</summary>
    public JsonMemberTarget? Member(ReadOnlySpan<byte> name)
    {
        foreach ((byte[] known, JsonMemberTarget target) in _members)
            if (name.SequenceEqual(known)) return target;
        return null;
    }

    /// <summary>The path of that name in the text of a member, or null.</summary>
    public JsonFieldTarget? Field(JsonMemberTarget member, ReadOnlySpan<byte> name)
    {
        foreach ((JsonMemberTarget owner, byte[] known, JsonFieldTarget target) in _fields)
            if (owner == member && name.SequenceEqual(known)) return target;
        return null;
    }

    private void AddFields(JsonMemberTarget member, JsonTextFields text)
    {
        foreach (string name in text.Columns.Select(c => c.Path[0]).Distinct())
        {
            int[] places =
                [.. Enumerable.Range(0, text.Columns.Length).Where(i => text.Columns[i].Path[0] == name)];
            var target = new JsonFieldTarget(
                NextBit(), [.. places.Select(i => text.Columns[i])],
                    [.. places.Select(i => text.Builders[i])], _plan.Computed is not null)
            {
                Wanted = _plan.WantedText([.. places.Select(i => text.Builders[i])]),
            };
            _fields.Add((member, Encoding.UTF8.GetBytes(name), target));
            _all.Add(target);
        }
    }

    private ulong NextBit() => 1UL << _all.Count;
}
