using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Processors;

namespace Sim.Scenarios.MachineCode;

/// <summary>A program of a few instructions, and the processor that it is for.</summary>
/// <param name="Architecture">The processor.</param>
/// <param name="Code">What runs it.</param>
/// <param name="Bytes">The instructions.</param>
internal abstract record TextProgram(IArchitecture Architecture, IUserCode Code, ImmutableArray<byte> Bytes)
{
    /// <summary>Where the instructions are.</summary>
    private protected const ulong Text = 0x1000_0000;

    /// <summary>Makes a process of it while the world is set up, with registers and memory.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="name">The name of the task.</param>
    /// <param name="memory">The name of its memory.</param>
    /// <param name="data">Pages that it has besides the instructions.</param>
    private protected (TaskStruct Task, RegisterFile Registers) Make(
        LinuxKernel kernel, string name, string memory, params ReadOnlySpan<ulong> data)
    {
        const Protection Data = Protection.Read | Protection.Write;
        Cpu boot = kernel.Machine.BootCpu;
        TaskStruct task = kernel.MakeProcess(name, null, new MachineProgram(Code));
        RegisterFile regs = Architecture.NewRegisters(kernel.Machine, name);
        var mm = new MmStruct(kernel.Machine, memory);
        task.Registers.Set(boot, regs);
        task.Mm.Set(boot, mm);
        Map(boot, mm, Text, Data | Protection.Execute);
        foreach (ulong page in data)
        {
            Map(boot, mm, page, Data);
        }

        mm.CopyToUser(boot, Text, Kernel.Memory.Bytes.Of(Bytes.AsSpan())).GetAwaiter().GetResult();
        return (task, regs);
    }

    /// <summary>Instruction words as bytes.</summary>
    private protected static ImmutableArray<byte> BigEndian(params ReadOnlySpan<uint> words)
    {
        var bytes = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            bytes.AsSpan().PutU32(4 * i, words[i], bigEndian: true);
        }

        return [.. bytes];
    }

    private static void Map(Cpu boot, MmStruct mm, ulong page, Protection protection) => mm.Map(
        boot, page, Paging.PageSize, protection,
        MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed).GetAwaiter().GetResult();
}
