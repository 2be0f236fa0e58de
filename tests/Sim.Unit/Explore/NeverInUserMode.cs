using Sim.Explore;
using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Explore;

/// <summary>A task that is kept in the kernel for ever is told of as one that never reaches user mode.</summary>
public sealed class NeverInUserMode
{
    /// <summary>Each time the task comes by, somebody asks it to come by again.</summary>
    [Fact]
    public void A_task_that_is_asked_for_a_report_again_and_again_never_reaches_user_mode()
    {
        World world = machine => Make(machine, isAlways: true);
        Finding finding = Assert.Single(Run(world).Findings);
        Recording recording = Replayer.Run(world, new ExploreOptions(), finding.Schedule);

        Assert.Equal("LIVELOCK", finding.Violation.Guarantee);
        Assert.StartsWith("target never reaches user mode: ", finding.Violation.Message, StringComparison.Ordinal);
        Assert.Contains("go round for ever", finding.Violation.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pest never", finding.Violation.Message, StringComparison.Ordinal);
        Assert.Equal(finding.Violation, recording.Violation);
    }

    [Fact]
    public void A_task_that_is_asked_twice_reaches_it()
        => Assert.Equal(Verdict.Complete, Run(machine => Make(machine, isAlways: false)).Verdict);

    /// <summary>A task that sleeps on its way there is named with what it waits for.</summary>
    [Fact]
    public void A_task_that_nobody_wakes_on_its_way_says_so()
    {
        Violation violation = Assert.Single(Explorer.Run(
            machine =>
            {
                var sleeper = new Sleeper(machine);
                machine.Spawn("sleeper", sleeper.Return);
                return null;
            },
            new ExploreOptions()).Findings).Violation;

        Assert.Equal("STUCK", violation.Guarantee);
        Assert.EndsWith("sleeper waits for sleeper[sleeper].word (holds 0), and never reaches the shore", violation.Message, StringComparison.Ordinal);
    }

    private static ExploreResult Run(World world) => Explorer.Run(world, new ExploreOptions { Strategy = Strategy.States });

    private static Action? Make(SimMachine machine, bool isAlways)
    {
        var kernel = new LinuxKernel(machine);
        TaskStruct target = kernel.MakeTask("target");
        var pest = new Pest(machine, target, isAlways);
        kernel.Start(target, pest.ReachUserMode);
        machine.Spawn("pest", pest.Ask);
        return null;
    }

    private sealed class Sleeper : MachineObject
    {
        private readonly Shared<int> _word;

        internal Sleeper(SimMachine machine)
            : base(machine, "sleeper", "sleeper")
            => _word = new Shared<int>(this, "word", 0);

        [LeadsTo("the shore")]
        internal async Op Return(Cpu cpu) => await cpu.LoadWhen(_word, GuardKind.Equal, 1);
    }

    private sealed class Pest : MachineObject
    {
        private readonly TaskStruct _target;
        private readonly Shared<int> _isThere;
        private readonly bool _isAlways;

        internal Pest(SimMachine machine, TaskStruct target, bool isAlways)
            : base(machine, "pest", "pest")
        {
            (_target, _isAlways) = (target, isAlways);
            _isThere = new Shared<int>(this, "is_there", 0);
        }

        internal async Op ReachUserMode(Cpu cpu)
        {
            await _target.Kernel.ReturnWork.ExitToUser(cpu);
            await cpu.WriteOnce(_isThere, 1);
        }

        internal async Op Ask(Cpu cpu)
        {
            int times = 0;
            while (times < 2 && await cpu.ReadOnce(_isThere) == 0)
            {
                await ReturnWork.SetNotifyResume(cpu, _target);
                times += _isAlways ? 0 : 1;
            }
        }
    }
}
