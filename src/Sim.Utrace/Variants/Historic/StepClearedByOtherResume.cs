using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Variants.Historic;

/// <summary>To 2010: stepping ends when an engine asks for RESUME, and not when the task is woken.</summary>
[Immutable]
internal sealed class StepClearedByOtherResume()
    : UtraceVariant("step-cleared-by-other-resume", "RESUME ends stepping at once, waking does not")
{
    internal override bool ResetEndsStepping => false;

    internal override async Op<Errno> StepAtOnce(Cpu cpu, TaskStruct target, ResumeAction action, bool stopped)
    {
        if (stopped)
        {
            await target.Kernel.Stepping.Disable(cpu, target);
        }

        return Errno.None;
    }
}
