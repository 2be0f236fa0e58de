using System.Text;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;
using Sim.Utrace.Variants;

namespace Sim.Unit.Utrace;

/// <summary>The loop of direct mode does what the pass step by step does: random engines, the same story and the same state.</summary>
public sealed class DirectReportTests
{
    [Theory]
    [InlineData(UtraceEvents.Exec)]
    [InlineData(UtraceEvents.Clone)]
    [InlineData(UtraceEvents.Exit)]
    [InlineData(UtraceEvents.SyscallEntry)]
    public void The_direct_loop_does_what_the_pass_does(UtraceEvents reported)
    {
        var random = new Random(20091201);
        int withSlow = 0;
        for (int i = 0; i < 3000; i++)
        {
            EnginePlan[] plans = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => EnginePlan.Draw(random, reported))];
            UtraceVariant variant = UtraceVariant.All[random.Next(UtraceVariant.All.Count)];

            string direct = Run(variant, plans, reported, stepwise: false);
            string stepwise = Run(variant, plans, reported, stepwise: true);

            Assert.Equal(stepwise, direct);
            withSlow += direct.Contains("EngineStop", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(withSlow, 100, 2900);
    }

    private const int ExitCode = 7;

    private static string Run(UtraceVariant variant, EnginePlan[] plans, UtraceEvents reported, bool stepwise)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var core = new UtraceCore(machine, variant);
        var kernel = new LinuxKernel(machine, core.Hooks);
        machine.BootCpu.Current = kernel.MakeTask("boot");
        var story = new Story();
        TaskStruct task = kernel.MakeTask("target");
        var engines = new List<UtraceEngine>();
        foreach (EnginePlan plan in plans)
        {
            var ops = new PlannedOps(machine, core, plan, story);
            UtraceEngine engine = core.AttachTask(machine.BootCpu, task, AttachFlags.Create, ops, null)
                .GetAwaiter().GetResult().Engine!;
            core.SetEvents(machine.BootCpu, task, engine, plan.Events).GetAwaiter().GetResult();
            engines.Add(engine);
        }

        kernel.Start(task, cpu => Report(cpu, core, task, reported, stepwise, story));
        machine.Run();

        var utrace = (UtraceStruct?)task.Utrace.Peek;
        story.Tell($"union {task.UtraceFlags.Peek} tif {task.ThreadFlags.Peek} ");
        story.Tell($"resume {utrace?.Resume.Peek} reporting {utrace?.Reporting.Peek} ");
        foreach (UtraceEngine engine in engines)
        {
            story.Tell($"[{engine.Flags.Peek} {engine.Ops.Peek?.GetType().Name}]");
        }

        return story.Text.ToString();
    }

    private static async Op Report(
        Cpu cpu, UtraceCore core, TaskStruct task, UtraceEvents reported, bool stepwise, Story story)
    {
        for (int i = 0; i < 3; i++)
        {
            if (!stepwise)
            {
                story.Tell($"answer {await ByHook(cpu, core, reported, task)}; ");
            }
            else if ((await cpu.ReadOnce(task.UtraceFlags) & reported) != UtraceEvents.None)
            {
                story.Tell($"answer {await ByPass(cpu, core, reported, task)}; ");
            }
            else
            {
                story.Tell($"answer {(reported == UtraceEvents.Exit ? ExitCode : 0)}; ");
            }
        }
    }

    private static async Op<int> ByHook(Cpu cpu, UtraceCore core, UtraceEvents reported, TaskStruct task)
    {
        if (reported == UtraceEvents.Exec)
        {
            await core.Hooks.ReportExec(cpu);
            return 0;
        }

        if (reported == UtraceEvents.Clone)
        {
            await core.Hooks.ReportClone(cpu, CloneFlags.Vfork, 2, task);
            return 0;
        }

        return reported == UtraceEvents.Exit ? await core.Hooks.ReportExit(cpu, ExitCode) :
            await core.Hooks.ReportSyscallEntry(cpu) ? 1 : 0;
    }

    private static async Op<int> ByPass(Cpu cpu, UtraceCore core, UtraceEvents reported, TaskStruct task)
    {
        if (reported == UtraceEvents.Exec)
        {
            await core.Passes.Report(cpu, task, (UtraceStruct)task.Utrace.Peek!, default(ExecEvent), willNotStop: true);
            return 0;
        }

        if (reported == UtraceEvents.Clone)
        {
            await core.Events.ReportClone(cpu, task, CloneFlags.Vfork, task);
            return 0;
        }

        return reported == UtraceEvents.Exit ? await core.Events.ReportExit(cpu, task, ExitCode) :
            await core.Syscalls.ReportEntry(cpu, task) ? 1 : 0;
    }

    /// <summary>What happened; nothing copies these machines.</summary>
    [MachineOwned]
    private sealed class Story
    {
        internal StringBuilder Text { get; } = new();

        internal void Tell(FormattableString what) => Text.Append(FormattableString.Invariant(what));
    }

    [Immutable]
    private sealed record EnginePlan(
        UtraceEvents Events,
        UtraceEvents Reported,
        ResumeAction OnQuiesce,
        ResumeAction OnEvent,
        int Bits,
        bool Sleeps,
        bool TurnsEvent,
        bool DetachesItself)
    {
        internal static EnginePlan Draw(Random random, UtraceEvents reported)
        {
            UtraceEvents events = UtraceEvents.Reap |
                (random.Next(2) == 0 ? UtraceEvents.Quiesce : UtraceEvents.None) |
                (random.Next(4) != 0 ? reported : UtraceEvents.None);
            return new EnginePlan(
                events,
                reported,
                Answer(random),
                Answer(random),
                random.Next(3) * 16,
                random.Next(6) == 0,
                random.Next(4) == 0,
                random.Next(10) == 0);
        }

        private static ResumeAction Answer(Random random)
            => random.Next(3) == 0 ? (ResumeAction)random.Next(7) : ResumeAction.Resume;
    }

    [MachineOwned]
    private sealed class PlannedOps(SimMachine machine, UtraceCore core, EnginePlan plan, Story story)
        : EngineOps(machine, "planned")
    {
        private int _answers;

        public override async Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        {
            Tell("quiesce", action, engine);
            if (plan.TurnsEvent)
            {
                await core.SetEvents(cpu, cpu.Task(), engine, engine.Flags.Peek ^ plan.Reported);
            }

            if (plan.Sleeps)
            {
                await cpu.Yield();
            }

            return new Verdict(Tires() ? ResumeAction.Resume : plan.OnQuiesce, plan.Bits);
        }

        public override Op<Verdict> ReportExec(Cpu cpu, ResumeAction action, UtraceEngine engine)
            => Answer(cpu, action, engine);

        public override Op<Verdict> ReportClone(
            Cpu cpu, ResumeAction action, UtraceEngine engine, CloneFlags flags, TaskStruct child)
            => Answer(cpu, action, engine);

        public override Op<Verdict> ReportExit(
            Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
        {
            code.Set(cpu, code.Get(cpu) + original);
            return Answer(cpu, action, engine);
        }

        public override Op<Verdict> ReportSyscallEntry(Cpu cpu, Verdict action, UtraceEngine engine)
            => Answer(cpu, action, engine);

        private async Op<Verdict> Answer(Cpu cpu, Verdict action, UtraceEngine engine)
        {
            Tell("event", action, engine);
            if (plan.DetachesItself)
            {
                await core.Control(cpu, cpu.Task(), engine, ResumeAction.Detach);
            }

            if (plan.Sleeps)
            {
                await cpu.Yield();
            }

            return new Verdict(Tires() ? ResumeAction.Resume : plan.OnEvent, plan.Bits ^ 16);
        }

        /// <summary>An entry can be reported again and again; in the end every engine answers RESUME.</summary>
        private bool Tires() => ++_answers > 8;

        private void Tell(string what, Verdict action, UtraceEngine engine)
            => story.Tell($"{what} {engine.Flags.Peek} told {action}; ");
    }
}
