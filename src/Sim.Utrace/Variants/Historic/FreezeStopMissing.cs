using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>To 2013: a task that is killed in its stop runs on while its registers are being changed.</summary>
[Immutable]
internal sealed class FreezeStopMissing()
    : UtraceVariant("freeze-stop-missing", "a killed task does not wait for who works on it")
{
    internal override bool HonoursFreeze => false;
}
