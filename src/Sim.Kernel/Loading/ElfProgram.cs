using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Loading;

/// <summary>
/// The first program of a process: execve() of an ELF image with its arguments, and from there on the machine code.
/// </summary>
/// <param name="image">The program.</param>
/// <param name="code">What runs its instructions.</param>
/// <param name="file">Its path.</param>
/// <param name="arguments">argv.</param>
/// <param name="environment">envp.</param>
[Immutable]
public sealed class ElfProgram(
    ElfImage image, IUserCode code, Bytes file, ImmutableArray<Bytes> arguments, ImmutableArray<Bytes> environment)
    : UserProgram
{
    /// <summary>PPC_FEATURE_32, PPC_FEATURE_64, PPC_FEATURE_HAS_FPU, PPC_FEATURE_HAS_MMU: AT_HWCAP.</summary>
    private const ulong PowerPcFeatureBits = 0xcc00_0000;

    /// <inheritdoc/>
    public override async Op<int> Main(User user)
    {
        const int CannotRun = 127;
        Cpu cpu = user.Cpu;
        TaskStruct task = user.Task;
        LinuxKernel kernel = task.Kernel;
        task.Mm.Set(cpu, new MmStruct(kernel.Machine, task.GivenLabel));
        return await Exec(cpu) == 0 ? 0 : CannotRun;
    }

    /// <summary>execve(): the current task goes on with this program.</summary>
    /// <remarks>
    /// Context: current; sleeps until the other threads are gone. Locks: none.
    /// Returns: -EAGAIN when the group dies already; not at all when the old program is no more.
    /// </remarks>
    internal async Op<long> Exec(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        LinuxKernel kernel = task.Kernel;
        string name = System.Text.Encoding.UTF8.GetString(file.Span);
        long error = await kernel.Exec.DoExecve(cpu, new MachineProgram(code), Stack(kernel), name);
        if (error != 0)
        {
            return error;
        }

        task.Registers.Set(cpu, kernel.Options.Architecture!.NewRegisters(kernel.Machine, task.GivenLabel ?? ""));
        if (await MapSegments(cpu, task.Mm.Get(cpu)!) != Errno.None)
        {
            await kernel.Exit.DoGroupExit(cpu, Abi.Signals.SIGKILL);
        }

        ThreadStart start = Start(task.Context.Get(cpu)!.StackPointer.Get(cpu));
        if (image.HasEntryDescriptor)
        {
            // As start_thread() of ppc64: the entry is a descriptor, of a function and its table of contents.
            CopiedBytes descriptor = await task.Mm.Get(cpu)!.CopyFromUser(cpu, image.Entry, 16);
            if (descriptor.NotCopied != 0)
            {
                await kernel.Exit.DoGroupExit(cpu, Abi.Signals.SIGKILL);
            }

            start = start with
            {
                InstructionPointer = descriptor.Copied.Span.U64(0, image.IsBigEndian),
                Toc = descriptor.Copied.Span.U64(8, image.IsBigEndian),
            };
        }

        kernel.Options.Architecture.StartThread(cpu, task.Registers.Get(cpu)!, in start);
        await cpu.Become(kernel.Gate.Run);
        return 0;
    }

    private ThreadStart Start(ulong stackPointer) => new(image.Entry, stackPointer, IsCompat: image.WordSize == 4);

    private async Op<Errno> MapSegments(Cpu cpu, MmStruct mm)
    {
        for (int i = 0; i < image.Segments.Length; i++)
        {
            ElfSegment segment = image.Segments[i];
            ulong start = Paging.Floor(segment.Address);
            ulong length = segment.Address + segment.MemorySize - start;
            const Protection Writable = Protection.Read | Protection.Write;
            long mapped = await mm.Map(
                cpu, start, length, Writable, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
            if (mapped < 0)
            {
                return (Errno)(-mapped);
            }

            Bytes content = Bytes.Of(image.File.Span.Slice((int)segment.Offset, (int)segment.FileSize));
            if (await mm.CopyToUser(cpu, segment.Address, content) != 0)
            {
                return Errno.EFAULT;
            }

            Errno error = await mm.Protect(cpu, start, Paging.Align(length), segment.Protection);
            if (error != Errno.None)
            {
                return error;
            }
        }

        await mm.SetStartBrk(cpu, Paging.Align(image.End));
        return Errno.None;
    }

    private StackImage Stack(LinuxKernel kernel)
    {
        ImmutableArray<AuxiliaryEntry> entries =
        [
            new(3, image.ProgramHeaders),
            new(4, (ulong)image.HeaderSize),
            new(5, (ulong)image.HeaderCount),
            new(6, Paging.PageSize),
            new(7, 0),
            new(8, 0),
            new(9, image.Entry),
            new(11, 0),
            new(12, 0),
            new(13, 0),
            new(14, 0),
            new(16, image.IsPowerPc ? PowerPcFeatureBits : 0),
            new(17, 100),
            new(23, 0),
        ];
        return StackImage.Build(
            image.TaskSize,
            file,
            arguments,
            environment,
            image.IsPowerPc ? Bytes.Of("ppc970"u8) : Bytes.Of("x86_64"u8),
            RandomBytes(kernel.Options.Seed),
            entries,
            new UserLayout(image.WordSize, image.IsBigEndian)) with
        {
            // Without a vDSO the way back from a handler of powerpc is on the stack.
            IsExecutable = image.IsPowerPc,
        };
    }

    /// <summary>AT_RANDOM: of the seed alone.</summary>
    private static Bytes RandomBytes(ulong seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        ulong state = seed;
        for (int i = 0; i < 2; i++)
        {
            state = Sim.Machine.State.StateHash.Mix(state, (ulong)i + 1);
            bytes.PutU64(8 * i, state, false);
        }

        return Bytes.Of(bytes);
    }
}
