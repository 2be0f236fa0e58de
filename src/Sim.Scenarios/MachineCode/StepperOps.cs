using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// An engine that steps a task: every trap is its own and is answered with the next step. It may know about atomic
/// sequences of powerpc: then it does not step into one, but puts traps where control can leave it and lets the task
/// run there.
/// </summary>
/// <param name="watch">Who is told.</param>
/// <param name="whole">Whether it steps over an atomic sequence as a whole.</param>
/// <remarks>Source: spec section 8.5; the rules are those of gdb's rs6000_software_single_step().</remarks>
internal sealed class StepperOps(EngineWatch watch, bool whole) : WatchedOps(watch)
{
    private const uint TrapInstruction = 0x7fe0_0008;

    /// <summary>Where a trap stands behind the sequence, 0 for nowhere.</summary>
    private readonly Ghost<ulong> _behind = new(watch, "trap behind the sequence");

    private readonly Ghost<uint> _coveredBehind = new(watch, "what it covers");

    /// <summary>Where a trap stands at the target of the branch out of the sequence, 0 for nowhere.</summary>
    private readonly Ghost<ulong> _aside = new(watch, "trap at the branch target");

    private readonly Ghost<uint> _coveredAside = new(watch, "what that covers");

    /// <inheritdoc/>
    public override bool HasReportSignal => true;

    /// <inheritdoc/>
    protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
    {
        if (called.Events == UtraceEvents.Quiesce && called.During == UtraceEvents.None)
        {
            return await Next(cpu);
        }

        if (called.Events != UtraceEvents.SignalAll || called.Signal != Signals.SIGTRAP)
        {
            return Default(called);
        }

        return new Verdict(await Next(cpu), SignalAction.Ignore);
    }

    /// <summary>How the task is to go on to the next instruction.</summary>
    private async Op<ResumeAction> Next(Cpu cpu)
    {
        if (!whole)
        {
            return ResumeAction.SingleStep;
        }

        TaskStruct task = cpu.Task();
        MmStruct mm = task.Mm.Get(cpu)!;
        await TakeAway(cpu, mm, _behind, _coveredBehind);
        await TakeAway(cpu, mm, _aside, _coveredAside);
        ulong here = task.Registers.Get(cpu)!.Get(cpu, PowerPcRegisters.Nip);
        AtomicSequence sequence = await Sequence(cpu, mm, here);
        if (sequence.Behind == 0)
        {
            return ResumeAction.SingleStep;
        }

        await Put(cpu, mm, sequence.Behind, _behind, _coveredBehind);
        if (sequence.Aside != 0)
        {
            await Put(cpu, mm, sequence.Aside, _aside, _coveredAside);
        }

        return ResumeAction.Resume;
    }

    /// <summary>The sequence that begins at an address; default when none does that can be stepped over.</summary>
    private static async Op<AtomicSequence> Sequence(Cpu cpu, MmStruct mm, ulong start)
    {
        const int Longest = 16;
        if (!AtomicSequence.Begins(await Word(cpu, mm, start)))
        {
            return default;
        }

        ulong aside = 0;
        for (int i = 1; i <= Longest; i++)
        {
            ulong at = start + (4 * (ulong)i);
            uint word = await Word(cpu, mm, at);
            if (AtomicSequence.Ends(word))
            {
                return AtomicSequence.Of(start, at, aside);
            }

            if (AtomicSequence.IsConditionalBranch(word))
            {
                if (aside != 0)
                {
                    return default;
                }

                aside = AtomicSequence.TargetOf(word, at);
            }
        }

        return default;
    }

    private static async Op Put(Cpu cpu, MmStruct mm, ulong address, Ghost<ulong> place, Ghost<uint> covered)
    {
        await cpu.Store(covered, await Word(cpu, mm, address));
        await cpu.Store(place, address);
        await Write(cpu, mm, address, TrapInstruction);
    }

    private static async Op TakeAway(Cpu cpu, MmStruct mm, Ghost<ulong> place, Ghost<uint> covered)
    {
        ulong address = await cpu.Load(place);
        if (address != 0)
        {
            await Write(cpu, mm, address, await cpu.Load(covered));
            await cpu.Store(place, 0UL);
        }
    }

    private static async Op<uint> Word(Cpu cpu, MmStruct mm, ulong address)
    {
        Bytes bytes = await mm.ReadProcess(cpu, address, 4);
        return bytes.Length == 4 ? bytes.Span.U32(0, bigEndian: true) : 0;
    }

    private static async Op Write(Cpu cpu, MmStruct mm, ulong address, uint word) => await mm.WriteProcess(cpu, address, Of(word));

    private static Bytes Of(uint word)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes.PutU32(0, word, bigEndian: true);
        return Bytes.Of(bytes);
    }
}
