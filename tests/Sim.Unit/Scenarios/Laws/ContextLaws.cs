using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Races;
using Sim.Utrace;
using Sim.Utrace.State;
using Sim.Utrace.Variants;

namespace Sim.Unit.Scenarios.Laws;

/// <summary>
/// G21 to G23 are broken by cores that call an engine on the wrong task, with a lock held, or let it go while it is
/// called; the whole core keeps them in the same worlds.
/// </summary>
public sealed class ContextLaws
{
    /// <summary>Law, the core that breaks it, and who does what in the world.</summary>
    public static TheoryData<string, int> Broken { get; } = new()
    {
        { "G21", (int)Shape.AttachFromOutside },
        { "G22", (int)Shape.Stop },
        { "G23", (int)Shape.AttachInCallback },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_core_breaks_this_law(string law, int shape)
    {
        UtraceVariant broken = (Shape)shape switch
        {
            Shape.AttachFromOutside => new CallsOnAttacher(),
            Shape.Stop => new CallsWithLock(),
            Shape.AttachInCallback or _ => new DropsWhileCalled(),
        };

        foreach (MemoryModel memory in (MemoryModel[])[MemoryModel.Sc, MemoryModel.Tso])
        {
            ExploreResult result = Explorer.Run(World((Shape)shape, broken), Worlds.Options(memory));
            Assert.Equal(law, Assert.Single(result.Findings).Violation.Guarantee);
        }
    }

    [Theory]
    [InlineData((int)Shape.AttachFromOutside)]
    [InlineData((int)Shape.Stop)]
    [InlineData((int)Shape.AttachInCallback)]
    public void The_whole_core_keeps_the_laws_of_context(int shape)
    {
        foreach (MemoryModel memory in (MemoryModel[])[MemoryModel.Sc, MemoryModel.Tso])
        {
            ExploreResult result = Explorer.Run(World((Shape)shape, UtraceVariant.B), Worlds.Options(memory));
            Assert.Empty(result.Findings);
            Assert.Equal(Sim.Explore.Verdict.Complete, result.Verdict);
        }
    }

    private static World World(Shape shape, UtraceVariant variant) => machine =>
    {
        _ = new Scene(machine, shape, variant);
        return () => { };
    };

    /// <summary>What happens besides one report of E0 on the way to user mode.</summary>
    private enum Shape
    {
        AttachFromOutside,
        AttachInCallback,
        Stop,
    }

    /// <summary>A task with an engine that was asked for a report.</summary>
    private sealed class Scene : MachineObject
    {
        private readonly UtraceWorld _world;
        private readonly TaskStruct _target;
        private readonly WatchedOps _late;
        private readonly GhostRef<UtraceEngine> _engine;

        internal Scene(SimMachine machine, Shape shape, UtraceVariant variant)
            : base(machine, "scene", "context")
        {
            _world = new UtraceWorld(machine, variant, init: false);
            _engine = new GhostRef<UtraceEngine>(this, "engine");
            _target = _world.Kernel.MakeTask("target");
            var ops = new BusyOps(_world.Watch(_target, "E0"), this, shape);
            UtraceEngine engine = _world.SetUpEngine(ops, UtraceEvents.Quiesce);
            _late = new WatchedOps(_world.Watch(_target, "E1"));
            _world.Control(machine.BootCpu, _target, engine, ResumeAction.Report).GetAwaiter().GetResult();
            _world.Kernel.Start(_target, cpu => _world.Kernel.ReturnWork.ExitToUser(cpu));
            if (shape == Shape.Stop)
            {
                _engine.Note(engine);
                _world.Kernel.MakeTask("owner", null, LetGo);
                return;
            }

            engine.Put(machine.BootCpu).GetAwaiter().GetResult();
            if (shape == Shape.AttachFromOutside)
            {
                _world.Kernel.MakeTask("attacher", null, AttachLate);
            }
        }

        private async Op LetGo(Cpu cpu)
        {
            await cpu.LoadWhen(_target.State, GuardKind.Equal, TaskState.Traced);
            await _world.Control(cpu, _target, _engine.Peek!, ResumeAction.Detach);
        }

        private async Op AttachLate(Cpu cpu)
        {
            if (await _world.Attach(cpu, _target, _late) is { } made)
            {
                await made.Put(cpu);
            }
        }

        private sealed class BusyOps(EngineWatch watch, Scene scene, Shape shape) : WatchedOps(watch)
        {
            protected override async Op<Sim.Utrace.Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
            {
                if (shape == Shape.AttachInCallback && !scene._late.Watch.IsAttached)
                {
                    await scene.AttachLate(cpu);
                }

                return shape == Shape.Stop ? ResumeAction.Stop : ResumeAction.Resume;
            }
        }
    }

    /// <summary>The engine that a task already has.</summary>
    private static UtraceEngine? Oldest(TaskStruct task)
    {
        var utrace = (UtraceStruct?)task.Utrace.Peek;
        return utrace is null ? null :
            utrace.Attached.PeekCount > 0 ? utrace.Attached.PeekAt(0) :
            utrace.Attaching.PeekCount > 0 ? utrace.Attaching.PeekAt(0) : null;
    }

    /// <summary>Whoever attaches an engine makes a callback of the one that is there.</summary>
    [Immutable]
    private sealed class CallsOnAttacher() : UtraceVariant("calls-on-attacher", "a callback on the wrong task")
    {
        internal override async Op<Errno> BeforeAttach(Cpu cpu, TaskStruct target)
        {
            if (Oldest(target) is { } engine)
            {
                await engine.Ops.Peek!.ReportQuiesce(cpu, ResumeAction.Resume, engine, UtraceEvents.None);
            }

            return Errno.None;
        }
    }

    /// <summary>A task that is about to stop asks its engine once more, under utrace->lock.</summary>
    [Immutable]
    private sealed class CallsWithLock() : UtraceVariant("calls-with-lock", "a callback with utrace->lock held")
    {
        internal override async Op<bool> IsHeld(Cpu cpu, TaskStruct task, UtraceStruct utrace)
        {
            UtraceEngine engine = Oldest(task)!;
            await engine.Ops.Peek!.ReportQuiesce(cpu, ResumeAction.Stop, engine, UtraceEvents.None);
            return true;
        }
    }

    /// <summary>An attach from a callback ends the engine whose callback it is.</summary>
    [Immutable]
    private sealed class DropsWhileCalled() : UtraceVariant("drops-while-called", "an engine is let go in its callback")
    {
        internal override async Op<Errno> BeforeAttach(Cpu cpu, TaskStruct target)
        {
            if (ReferenceEquals(cpu.Current, target) && Oldest(target) is { } engine)
            {
                await cpu.WriteOnce(engine.Ops, null);
                await engine.Put(cpu);
            }

            return Errno.None;
        }
    }
}
