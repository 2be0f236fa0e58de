using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Arch;

/// <summary>
/// The user registers of a task and what thread_struct keeps beside them, as words; an architecture
/// says what each word is.
/// </summary>
/// <remarks>
/// The task owns its registers. Another task touches them only while this one is stopped: nothing but
/// that order protects them, and every access is checked for it. Linux: task_pt_regs(), thread_struct.
/// </remarks>
public sealed class RegisterFile : MachineObject
{
    private readonly WordArray _words;

    /// <summary>Makes registers that are all 0. Use <see cref="IArchitecture.NewRegisters"/>.</summary>
    internal RegisterFile(SimMachine machine, string label, int words)
        : base(machine, "regs", label)
        => _words = new WordArray(this, "words", null, words);

    /// <summary>How many words there are.</summary>
    public int Length => _words.Length;

    /// <summary>A word in memory now; for observers and for setting up a world, not for routines.</summary>
    public ulong Peek(int index) => _words.Peek(index);

    /// <summary>Reads a word.</summary>
    public ulong Get(Cpu cpu, int index) => _words.Get(cpu, index);

    /// <summary>Writes a word.</summary>
    public void Set(Cpu cpu, int index, ulong value) => _words.Set(cpu, index, value);

    /// <summary>Makes every word equal to another task's.</summary>
    internal void CopyFrom(Cpu cpu, RegisterFile source) => _words.CopyFrom(cpu, source._words);

    /// <summary>Makes every word 0.</summary>
    internal void Clear(Cpu cpu)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words.Set(cpu, i, 0);
        }
    }
}
