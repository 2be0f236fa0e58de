using System.Buffers.Binary;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Decoded instructions up to a branch, and the bytes that they were decoded from.</summary>
internal sealed class PowerPcBlock(ulong address, bool isLittle, byte[] bytes, PowerPcInstruction[] instructions)
{
    private const int MostInstructions = 32;

    internal ulong Address => address;

    internal byte[] Bytes => bytes;

    /// <summary>When memory was last seen to hold the bytes, as the interpreter counts.</summary>
    internal long Trust { get; set; }

    internal PowerPcInstruction[] Instructions => instructions;

    /// <summary>Whether memory still has what was decoded.</summary>
    internal bool IsOf(ulong from, bool little, ReadOnlySpan<byte> code)
        => address == from && isLittle == little && code.StartsWith(bytes);

    /// <summary>Decodes from an address on.</summary>
    /// <param name="address">Where; at least one word is there.</param>
    /// <param name="code">The bytes from there on.</param>
    /// <param name="little">The order of the bytes of a word.</param>
    /// <param name="is64">Whether the processor has the 64-bit instructions.</param>
    internal static PowerPcBlock Decode(ulong address, ReadOnlySpan<byte> code, bool little, bool is64)
    {
        var list = new List<PowerPcInstruction>(MostInstructions);
        int length = 0;
        while (list.Count < MostInstructions && length + 4 <= code.Length)
        {
            PowerPcInstruction instruction = PowerPcDecoder.Decode(
                WordAt(code[length..], little), address + (ulong)length, is64);
            length += 4;
            list.Add(instruction);
            if (instruction.EndsBlock)
            {
                break;
            }
        }

        return new PowerPcBlock(address, little, code[..length].ToArray(), [.. list]);
    }

    internal static uint WordAt(ReadOnlySpan<byte> code, bool little)
        => little ? BinaryPrimitives.ReadUInt32LittleEndian(code) : BinaryPrimitives.ReadUInt32BigEndian(code);
}
