using Sim.Kernel.Abi;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace;

namespace Sim.Bench.Interpret;

/// <summary>An engine that has a task trap after every instruction, from the end of its first system call on.</summary>
internal sealed class SteppingOps(SimMachine machine) : EngineOps(machine, "stepper")
{
    /// <inheritdoc/>
    public override bool HasReportSignal => true;

    /// <inheritdoc/>
    public override Op<Verdict> ReportSyscallExit(Cpu cpu, ResumeAction action, UtraceEngine engine)
        => Op<Verdict>.Of(ResumeAction.SingleStep);

    /// <inheritdoc/>
    public override Op<SignalAnswer> ReportSignal(Cpu cpu, Verdict action, UtraceEngine engine, SignalReport report)
        => Op<SignalAnswer>.Of(report.Answer(report.Info.Signo == Signals.SIGTRAP
            ? new Verdict(ResumeAction.SingleStep, SignalAction.Ignore)
            : action with { Resume = ResumeAction.Resume }));
}
