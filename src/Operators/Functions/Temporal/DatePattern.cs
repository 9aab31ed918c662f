using System.Collections.Immutable;
using Millrace.Operators.Expressions;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// A date pattern of Java: letters repeated, text in quotes, other characters as they are. Immutable.
/// </summary>
internal sealed class DatePattern
{
    private const string Letters = "yuYMLdDHhKkmsSEeaQqwGzZXxn";

    /// <summary>
    /// A field of a letter repeated <paramref name="Count"/> times, or literal text where the letter is 0.
    /// </summary>
    internal readonly record struct Part(char Letter, int Count, string Text)
    {
        public bool IsText => Letter == 0;

        /// <summary>Whether the field is written in digits.</summary>
        public bool IsNumber => !IsText && (Letter is 'M' or 'L' ? Count <= 2 : !"EeaGzZXx".Contains(Letter));
    }

    private DatePattern(ImmutableArray<Part> parts) => Parts = parts;

    public ImmutableArray<Part> Parts { get; }

    /// <exception cref="Shared.Errors.MillraceException">
    /// Invalid: an unknown letter, or a quote that does not end.
    /// </exception>
    public static DatePattern Parse(string pattern)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        for (int i = 0; i < pattern.Length;)
        {
            char letter = pattern[i];
            if (letter == '\'') parts.Add(Quoted(pattern, ref i));
            else if (char.IsAsciiLetter(letter)) parts.Add(Field(pattern, ref i));
            else parts.Add(new Part('\0', 0, pattern[i++].ToString()));
        }
        return new DatePattern(parts.ToImmutable());
    }

    private static Part Field(string pattern, ref int i)
    {
        char letter = pattern[i];
        if (!Letters.Contains(letter))
            Failure.Throw($"The date pattern '{pattern}' has the letter '{letter}', which is not known.");
        int start = i;
        while (i < pattern.Length && pattern[i] == letter) i++;
        return new Part(letter, i - start, "");
    }

    private static Part Quoted(string pattern, ref int i)
    {
        var text = new System.Text.StringBuilder();
        for (i++; i < pattern.Length; i++)
        {
            if (pattern[i] != '\'') text.Append(pattern[i]);
            else if (i + 1 < pattern.Length && pattern[i + 1] == '\'') text.Append(pattern[i++]);
            else
            {
                i++;
                return new Part('\0', 0, text.Length == 0 ? "'" : text.ToString());
            }
        }
        throw Failure.Of($"The date pattern '{pattern}' has a quote that does not end.");
    }
}
