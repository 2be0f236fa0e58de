using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>Decoded instructions up to a branch, and the bytes that they were decoded from.</summary>
internal sealed class X86Block(ulong address, byte[] bytes, Instruction[] instructions)
{
    private const int MostInstructions = 32;

    internal ulong Address => address;

    internal byte[] Bytes => bytes;

    internal Instruction[] Instructions => instructions;

    /// <summary>The same, the frequent ones ready to be executed.</summary>
    internal X86Op[] Ops { get; } = Array.ConvertAll(instructions, static one => X86OpDecoder.Decode(in one));

    /// <summary>The address behind it.</summary>
    internal ulong End { get; } = address + (ulong)bytes.Length;

    /// <summary>When memory was last seen to hold the bytes, as the interpreter counts.</summary>
    internal long Trust { get; set; }

    /// <summary>Decodes from an address on; the bytes may hold less than one instruction: then the block is empty.</summary>
    internal static X86Block Decode(ulong address, ReadOnlySpan<byte> code)
    {
        byte[] bytes = code[..Math.Min(code.Length, MostInstructions * 15)].ToArray();
        var decoder = Decoder.Create(64, bytes, address);
        var list = new List<Instruction>(MostInstructions);
        int length = 0;
        while (list.Count < MostInstructions && length < bytes.Length)
        {
            decoder.Decode(out Instruction instruction);
            if (decoder.LastError == DecoderError.NoMoreBytes)
            {
                break;
            }

            length += instruction.Length;
            list.Add(instruction);
            if (instruction.IsInvalid || instruction.FlowControl != FlowControl.Next)
            {
                break;
            }
        }

        return new X86Block(address, bytes[..length], [.. list]);
    }
}
