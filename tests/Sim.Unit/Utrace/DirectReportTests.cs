using System.Globalization;
using System.Text;
using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;
using Sim.Utrace.Variants;

namespace Sim.Unit.Utrace;

/// <summary>The loop of direct mode does what the pass step by step does: random engines, the same story and the same state.</summary>
public sealed class DirectReportTests
{
    [Fact]
    public void The_direct_loop_does_what_the_pass_does()
    {
        var random = new Random(20091201);
        int withSlow = 0;
        for (int i = 0; i < 3000; i++)
        {
            EnginePlan[] plans = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => EnginePlan.Draw(random))];
            UtraceVariant variant = UtraceVariant.All[random.Next(UtraceVariant.All.Count)];

            string direct = Run(variant, plans, stepwise: false);
            string stepwise = Run(variant, plans, stepwise: true);

            Assert.Equal(stepwise, direct);
            withSlow += direct.Contains("EngineStop", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(withSlow, 100, 2900);
    }

    private static string Run(UtraceVariant variant, EnginePlan[] plans, bool stepwise)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var core = new UtraceCore(machine, variant);
        var kernel = new LinuxKernel(machine, core.Hooks);
        machine.BootCpu.Current = kernel.MakeTask("boot");
        var story = new StringBuilder();
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

        kernel.Start(task, cpu => Report(cpu, core, task, stepwise));
        machine.Run();

        var utrace = (UtraceStruct?)task.Utrace.Peek;
        story.Append(CultureInfo.InvariantCulture, $"union {task.UtraceFlags.Peek} tif {task.ThreadFlags.Peek} ");
        story.Append(CultureInfo.InvariantCulture, $"resume {utrace?.Resume.Peek} reporting {utrace?.Reporting.Peek} ");
        foreach (UtraceEngine engine in engines)
        {
            story.Append(CultureInfo.InvariantCulture, $"[{engine.Flags.Peek} {engine.Ops.Peek?.GetType().Name}]");
        }

        return story.ToString();
    }

    private static async Op Report(Cpu cpu, UtraceCore core, TaskStruct task, bool stepwise)
    {
        for (int i = 0; i < 3; i++)
        {
            if (!stepwise)
            {
                await core.Hooks.ReportExec(cpu);
            }
            else if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.Exec) != UtraceEvents.None)
            {
                var utrace = (UtraceStruct)task.Utrace.Peek!;
                await core.Passes.Report(cpu, task, utrace, default(ExecEvent), willNotStop: true);
            }
        }
    }

    [Immutable]
    private sealed record EnginePlan(
        UtraceEvents Events,
        ResumeAction OnQuiesce,
        ResumeAction OnExec,
        bool Sleeps,
        bool TurnsExec,
        bool DetachesItself)
    {
        internal static EnginePlan Draw(Random random)
        {
            UtraceEvents events = UtraceEvents.Reap |
                (random.Next(2) == 0 ? UtraceEvents.Quiesce : UtraceEvents.None) |
                (random.Next(4) != 0 ? UtraceEvents.Exec : UtraceEvents.None);
            return new EnginePlan(
                events,
                Answer(random),
                Answer(random),
                random.Next(6) == 0,
                random.Next(4) == 0,
                random.Next(10) == 0);
        }

        private static ResumeAction Answer(Random random)
            => random.Next(3) == 0 ? (ResumeAction)random.Next(7) : ResumeAction.Resume;
    }

    [MachineOwned]
    private sealed class PlannedOps(SimMachine machine, UtraceCore core, EnginePlan plan, StringBuilder story)
        : EngineOps(machine, "planned")
    {
        public override async Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        {
            Tell("quiesce", action, engine);
            if (plan.TurnsExec)
            {
                await core.SetEvents(cpu, cpu.Task(), engine, engine.Flags.Peek ^ UtraceEvents.Exec);
            }

            if (plan.Sleeps)
            {
                await cpu.Yield();
            }

            return new Verdict(plan.OnQuiesce, 16);
        }

        public override async Op<Verdict> ReportExec(Cpu cpu, ResumeAction action, UtraceEngine engine)
        {
            Tell("exec", action, engine);
            if (plan.DetachesItself)
            {
                await core.Control(cpu, cpu.Task(), engine, ResumeAction.Detach);
            }

            if (plan.Sleeps)
            {
                await cpu.Yield();
            }

            return new Verdict(plan.OnExec, 32);
        }

        private void Tell(string what, ResumeAction action, UtraceEngine engine)
            => story.Append(CultureInfo.InvariantCulture, $"{what} {engine.Flags.Peek} told {action}; ");
    }
}
