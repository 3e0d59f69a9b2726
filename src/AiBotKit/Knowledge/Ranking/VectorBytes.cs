using System.Numerics;
using System.Runtime.InteropServices;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>
/// Unit vectors as bytes. One scale for all: components of a unit vector of 384 stay well below 0.35, and
/// the error of a cosine is below 0.005.
/// </summary>
internal static class VectorBytes
{
    private const float Scale = 127f / 0.35f;

    public static sbyte[] Of(ReadOnlySpan<float> vector)
    {
        var bytes = new sbyte[vector.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (sbyte)Math.Clamp(MathF.Round(vector[i] * Scale), -127, 127);
        }

        return bytes;
    }

    public static float Cosine(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b) => Dot(a, b) / (Scale * Scale);

    private static int Dot(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        var left = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(a);
        var right = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(b);
        var sum = Vector<int>.Zero;
        for (var i = 0; i < left.Length; i++)
        {
            Vector.Widen(left[i], out var leftLow, out var leftHigh);
            Vector.Widen(right[i], out var rightLow, out var rightHigh);
            // Two products of bytes fit 16 bits signed (2 × 127² = 32,258): one addition may precede the widening.
            Vector.Widen((leftLow * rightLow) + (leftHigh * rightHigh), out var low, out var high);
            sum += low + high;
        }

        var total = Vector.Sum(sum);
        for (var i = left.Length * Vector<sbyte>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }
}
