using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// Machine code makes a system call, and an engine aborts it at its entry, or gives it a number that there is not, or
/// another argument; at the exit it may roll back or say what the call returned. x86_64 leaves registers that were
/// changed at the entry alone; powerpc makes ENOSYS of them, as the day found it and left it.
/// </summary>
/// <remarks>Source: the utrace thread of 2009-12-01, "syscall_dotrace() retcode".</remarks>
public sealed class SyscallAbort : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly AbortOps _ops;
    private readonly CallLeftovers _expected;
    private readonly bool _powerPc;
    private readonly Action<string>? _outcome;

    private SyscallAbort(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "syscall-abort")
    {
        _powerPc = request.Values["powerpc"] != 0;
        _outcome = request.Outcome;
        CallProgram program = _powerPc ? CallProgram.PowerPc() : CallProgram.X86();
        _world = new UtraceWorld(
            machine,
            UtraceWorld.Named(request.Variant),
            init: false,
            new KernelOptions { Architecture = program.Architecture });
        TaskStruct task = program.MakeProcess(_world.Kernel);
        var entry = (EntryAnswer)request.Values["entry"];
        var exit = (ExitAnswer)request.Values["exit"];
        int pgid = task.Pid.Peek;
        _expected = _powerPc ? CallLeftovers.OfPowerPc(entry, exit, pgid) : CallLeftovers.OfX86(entry, exit, pgid);
        _ops = new AbortOps(machine, _powerPc, entry, exit);
        Attach(machine.BootCpu, task).GetAwaiter().GetResult();
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request) => new SyscallAbort(machine, request).AtEnd;

    private void AtEnd()
    {
        string found = _ops.Found.Describe(_powerPc);
        _outcome?.Invoke((_powerPc ? "powerpc: " : "x86_64: ") + found);
        if (_ops.Found != _expected)
        {
            Machine.Violate(
                LifeLaws.CallRegisters.Name,
                $"{LifeLaws.CallRegisters.Sentence} But {found}, where it should be that {_expected.Describe(_powerPc)}.");
        }

        _world.AtEnd();
    }

    private async Op Attach(Cpu cpu, TaskStruct task)
    {
        UtraceEngine engine = (await _world.Utrace.AttachTask(cpu, task, AttachFlags.Create, _ops, null)).Engine!;
        await _world.Utrace.SetEvents(cpu, task, engine, UtraceEvents.SyscallEntry | UtraceEvents.SyscallExit);
        await engine.Put(cpu);
    }
}
