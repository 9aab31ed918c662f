using Millrace.Operators.Expressions;
using M = System.Math;

namespace Millrace.Operators.Functions.Math;

/// <summary>Functions of DOUBLEs. None fails: outside its domain a function is NaN or an infinity.</summary>
internal static class RealFunctions
{
    public readonly struct Sqrt : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Sqrt(value);
    }

    public readonly struct Ln : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Log(value);
    }

    public readonly struct Log10 : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Log10(value);
    }

    public readonly struct Log2 : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Log(value) / M.Log(2);
    }

    public readonly struct Exp : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Exp(value);
    }

    public readonly struct Sin : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Sin(value);
    }

    public readonly struct Cos : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Cos(value);
    }

    public readonly struct Tan : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Tan(value);
    }

    public readonly struct Cot : IUnaryOp<double, double>
    {
        public static double Apply(double value) => 1 / M.Tan(value);
    }

    public readonly struct Asin : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Asin(value);
    }

    public readonly struct Acos : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Acos(value);
    }

    public readonly struct Atan : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Atan(value);
    }

    public readonly struct Sinh : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Sinh(value);
    }

    public readonly struct Cosh : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Cosh(value);
    }

    public readonly struct Tanh : IUnaryOp<double, double>
    {
        public static double Apply(double value) => M.Tanh(value);
    }

    public readonly struct Degrees : IUnaryOp<double, double>
    {
        public static double Apply(double value) => value * (180 / M.PI);
    }

    public readonly struct Radians : IUnaryOp<double, double>
    {
        public static double Apply(double value) => value * (M.PI / 180);
    }

    public readonly struct Power : IPairOp
    {
        public static double Apply(double left, double right) => M.Pow(left, right);
    }

    public readonly struct Atan2 : IPairOp
    {
        public static double Apply(double left, double right) => M.Atan2(left, right);
    }

    public readonly struct LogOfBase : IPairOp
    {
        public static double Apply(double left, double right) => M.Log(right) / M.Log(left);
    }

    /// <summary>A function of two DOUBLEs.</summary>
    internal interface IPairOp
    {
        static abstract double Apply(double left, double right);
    }
}
