using Sim.Kernel.Abi;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// A struct pid that someone holds stays. It names the task; after an exec by another thread of the group that thread;
/// and once the group is gone no task, when calls by it answer -ESRCH. A process that gets the same number has another
/// struct pid.
/// </summary>
public sealed class G38HeldPid() : Law(
    "G38", "A held struct pid names its thread group or nobody, never a later process with the same number.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _nobody;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
            => _nobody = new Ghost<bool>(this, "names nobody");

        public override void See(EngineEvent happened)
        {
            if (happened is { Kind: EngineEventKind.PidSeen, Named: { } named })
            {
                if (!named.IsInGroupOf(Watch.Target))
                {
                    Break($"the one of {Watch.Target} names {named}");
                }
                else if (_nobody.Peek)
                {
                    Break($"the one of {Watch.Target} named nobody before");
                }
            }
            else if (happened.Kind == EngineEventKind.PidSeen)
            {
                _nobody.Note(true);
            }
            else if (happened.Kind == EngineEventKind.PidCallReturned && _nobody.Peek && happened.Error != Errno.ESRCH)
            {
                Break($"a call by the one of {Watch.Target} finds a task although it names nobody");
            }
        }
    }
}
