using System.Buffers.Binary;

namespace Sim.Properties.PowerPc;

/// <summary>qemu: <c>step.c</c>, compiled here, runs cases under it. It has to be installed.</summary>
internal sealed class PowerPcEmulator : IDisposable
{
    private const int CaseWords = PowerPcState.Words + (PowerPcPlaces.CodeWords / 2) + PowerPcPlaces.WindowWords;
    private const int OutcomeWords = PowerPcState.Words + 6 + PowerPcPlaces.WindowWords;
    private readonly string _folder = Directory.CreateTempSubdirectory("sim-ppc").FullName;
    private readonly string _program;

    internal PowerPcEmulator()
    {
        _program = Path.Combine(_folder, "step");
        string source = Path.Combine(AppContext.BaseDirectory, "PowerPc", "step.c");
        (int exit, byte[] _) = HostProgram.Execute(
            "powerpc64-linux-gnu-gcc", [], "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-fno-stack-protector", "-o", _program, source);
        Assert.Equal(0, exit);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What each case came to.</summary>
    internal PowerPcOutcome[] Run(PowerPcCase[] cases)
    {
        byte[] input = new byte[cases.Length * CaseWords * 8];
        for (int i = 0; i < cases.Length; i++)
        {
            Lay(cases[i], input.AsSpan(i * CaseWords * 8, CaseWords * 8));
        }

        (int exit, byte[] output) = HostProgram.Execute("qemu-ppc64", input, "-cpu", "POWER7", _program);
        Assert.Equal(0, exit);
        Assert.Equal(cases.Length * OutcomeWords * 8, output.Length);
        return [.. Enumerable.Range(0, cases.Length).Select(i => Read(output.AsSpan(i * OutcomeWords * 8, OutcomeWords * 8)))];
    }

    private static void Lay(PowerPcCase one, Span<byte> to)
    {
        for (int i = 0; i < PowerPcState.Words; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(to[(8 * i)..], one.State[i]);
        }

        Span<byte> code = to[(8 * PowerPcState.Words)..];
        for (int i = 0; i < PowerPcPlaces.CodeWords; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(code[(4 * i)..], one.WordAt(i));
        }

        Span<byte> window = code[(4 * PowerPcPlaces.CodeWords)..];
        for (int i = 0; i < PowerPcPlaces.WindowWords; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(window[(8 * i)..], one.Window[i]);
        }
    }

    private static PowerPcOutcome Read(ReadOnlySpan<byte> from)
    {
        ulong[] words = new ulong[OutcomeWords];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64BigEndian(from[(8 * i)..]);
        }

        ReadOnlySpan<ulong> rest = words.AsSpan(PowerPcState.Words);
        return new PowerPcOutcome(
            words[..PowerPcState.Words], rest[0], (uint)rest[1], (int)rest[2], (int)rest[3], rest[4], rest[5], rest[6..].ToArray());
    }
}
