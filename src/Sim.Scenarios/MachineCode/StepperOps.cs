using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// An engine that steps a task: every trap is its own and is answered with the next step. It may know about atomic
/// sequences of powerpc: then it does not step into one, but puts traps where control can leave it and lets the task
/// run there.
/// </summary>
/// <remarks>
/// No law watches it: what laws count goes up at every callback, and no state would ever recur.
/// Source: spec section 8.5; the rules are those of gdb's rs6000_software_single_step().
/// </remarks>
internal sealed class StepperOps : EngineOps
{
    private const uint TrapInstruction = 0x7fe0_0008;

    /// <summary>Where a trap stands behind the sequence, 0 for nowhere.</summary>
    private readonly Ghost<ulong> _behind;

    private readonly Ghost<uint> _coveredBehind;

    /// <summary>Where a trap stands at the target of the branch out of the sequence, 0 for nowhere.</summary>
    private readonly Ghost<ulong> _aside;

    private readonly Ghost<uint> _coveredAside;
    private readonly bool _whole;

    /// <summary>Makes the callbacks.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="whole">Whether it steps over an atomic sequence as a whole.</param>
    internal StepperOps(SimMachine machine, bool whole)
        : base(machine, "stepper")
    {
        _whole = whole;
        _behind = new Ghost<ulong>(this, "trap behind the sequence");
        _coveredBehind = new Ghost<uint>(this, "what it covers");
        _aside = new Ghost<ulong>(this, "trap at the branch target");
        _coveredAside = new Ghost<uint>(this, "what that covers");
    }

    /// <inheritdoc/>
    public override bool HasReportSignal => true;

    /// <inheritdoc/>
    public override async Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        => during == UtraceEvents.None ? await Next(cpu) : ResumeAction.Resume;

    /// <inheritdoc/>
    public override async Op<SignalAnswer> ReportSignal(
        Cpu cpu, Verdict action, UtraceEngine engine, SignalReport report)
        => report.Answer(report.Info.Signo == Signals.SIGTRAP
            ? new Verdict(await Next(cpu), SignalAction.Ignore)
            : action with { Resume = ResumeAction.Resume });

    /// <summary>How the task is to go on to the next instruction.</summary>
    private async Op<ResumeAction> Next(Cpu cpu)
    {
        if (!_whole)
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
