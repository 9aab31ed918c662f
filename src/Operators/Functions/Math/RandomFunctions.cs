using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Math;

/// <summary>
/// RAND and RAND_INTEGER: with a seed the sequence of Java's java.util.Random, without one a sequence that
/// begins with the clock.
/// </summary>
internal static class RandomFunctions
{
    public static FunctionDefinition[] All =>
    [
        new("RAND", site =>
        {
            ImmutableArray<Expr> arguments = Signature.Check(site, 0, Parameter.Int);
            return site.CallExactly(LogicalType.Double.NotNull(), arguments);
        })
        {
            IsDeterministic = false,
            Special = (call, compiler) =>
                new RandomNode(call, compiler, seed: call.Arguments.Length == 1 ? 0 : -1, bound: -1),
        },
        new("RAND_INTEGER", site =>
        {
            Parameter[] parameters = [.. Enumerable.Repeat(Parameter.Int, site.Count == 2 ? 2 : 1)];
            return site.CallExactly(LogicalType.Int.NotNull(), Signature.Check(site, 1, parameters));
        })
        {
            IsDeterministic = false,
            Special = (call, compiler) => new RandomNode(
                call, compiler, seed: call.Arguments.Length == 2 ? 0 : -1, bound: call.Arguments.Length - 1),
        },
    ];

    /// <param name="seed">The argument that seeds the sequence, read once; -1 for none.</param>
    /// <param name="bound">The argument that the numbers stay below; -1 gives DOUBLEs from 0 to 1.</param>
    private sealed class RandomNode(Call call, Compiler compiler, int seed, int bound) : Node(call.Type)
    {
        private readonly Node? _seed = seed < 0 ? null : compiler.Compile(call.Arguments[seed]);
        private readonly Node? _bound = bound < 0 ? null : compiler.Compile(call.Arguments[bound]);
        private readonly TimeProvider _time = compiler.Context.Time;
        private JavaRandom? _random;

        public override bool IsCheapAndSafe => false;

        public override Operand Evaluate(Frame frame)
        {
            JavaRandom random = _random ??= Start(frame);
            if (_bound is null) return Operand.Of(Doubles(random, frame.Count));
            Operand bounds = _bound.Evaluate(frame);
            int[] values = FixedColumn<int>.Rent(frame.Count);
            for (int i = 0; i < frame.Count; i++)
                values[i] = random.Next(System.Math.Max(1, bounds.Value<int>(i)));
            bounds.Release();
            return Operand.Of(new FixedColumn<int>(values, frame.Count));
        }

        private JavaRandom Start(Frame frame)
        {
            if (_seed is null) return new JavaRandom(_time.GetUtcNow().Ticks ^ _time.GetTimestamp());
            Operand value = _seed.Evaluate(frame);
            long start = value.IsNull(0) ? 0 : value.Value<int>(0);
            value.Release();
            return new JavaRandom(start);
        }

        private static FixedColumn<double> Doubles(JavaRandom random, int count)
        {
            double[] values = FixedColumn<double>.Rent(count);
            for (int i = 0; i < count; i++) values[i] = random.NextDouble();
            return new FixedColumn<double>(values, count);
        }
    }

    /// <summary>The linear congruential generator that Java documents for java.util.Random.</summary>
    private sealed class JavaRandom(long seed)
    {
        private const long Multiplier = 0x5DEECE66D;
        private const long Mask = (1L << 48) - 1;

        private long _state = (seed ^ Multiplier) & Mask;

        public double NextDouble() => (((long)Bits(26) << 27) + Bits(27)) * (1.0 / (1L << 53));

        /// <param name="bound">Above 0.</param>
        public int Next(int bound)
        {
            int bits = Bits(31);
            if ((bound & (bound - 1)) == 0) return (int)((bound * (long)bits) >> 31);
            int value = bits % bound;
            while (unchecked(bits - value + (bound - 1)) < 0)
            {
                bits = Bits(31);
                value = bits % bound;
            }
            return value;
        }

        private int Bits(int count)
        {
            _state = unchecked((_state * Multiplier) + 0xB) & Mask;
            return (int)(_state >> (48 - count));
        }
    }
}
