using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sim.Properties.X86;

/// <summary>The processor of this machine: <c>step.c</c>, compiled here, runs cases on it.</summary>
internal sealed class X86Processor : IDisposable
{
    private const int CaseSize = (8 * (X86State.Words + 1)) + X86Places.CodeSize + X86Places.WindowSize;
    private const int OutcomeSize = (8 * (X86State.Words + 7)) + X86Places.WindowSize;
    private readonly string _folder = Directory.CreateTempSubdirectory("sim-x86").FullName;
    private readonly string _program;

    internal X86Processor()
    {
        _program = Path.Combine(_folder, "step");
        (int exit, byte[] _) = HostProgram.Execute("gcc", [], "-O2", "-Wall", "-Werror", "-o", _program, Path.Combine(AppContext.BaseDirectory, "X86", "step.c"));
        Assert.Equal(0, exit);
    }

    internal static bool IsHere => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What each instruction of each case did.</summary>
    internal List<X86Outcome>[] Run(IReadOnlyList<X86Case> cases)
    {
        byte[] input = new byte[cases.Count * CaseSize];
        for (int i = 0; i < cases.Count; i++)
        {
            Span<byte> at = input.AsSpan(i * CaseSize, CaseSize);
            MemoryMarshal.AsBytes(cases[i].State.Span).CopyTo(at);
            BinaryPrimitives.WriteInt64LittleEndian(at[(8 * X86State.Words)..], cases[i].Steps);
            cases[i].Code.CopyTo(at[(8 * (X86State.Words + 1))..]);
            cases[i].Window.CopyTo(at[^X86Places.WindowSize..]);
        }

        (int exit, byte[] output) = HostProgram.Execute(_program, input);
        Assert.Equal(0, exit);
        List<X86Outcome>[] outcomes = [.. cases.Select(_ => new List<X86Outcome>())];
        for (int at = 0; at < output.Length; at += OutcomeSize)
        {
            ReadOnlySpan<byte> bytes = output.AsSpan(at, OutcomeSize);
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
            var state = new X86State();
            words.Slice(2, X86State.Words).CopyTo(state.Span);
            ReadOnlySpan<ulong> rest = words.Slice(2 + X86State.Words, 5);
            outcomes[words[0]].Add(new X86Outcome(
                state, (int)rest[0], (int)rest[1], rest[2], (int)rest[3], rest[4], bytes[^X86Places.WindowSize..].ToArray()));
        }

        return outcomes;
    }
}
