using System.Diagnostics;
using System.Globalization;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel;
using Sim.Kernel.Files;
using Sim.Kernel.Loading;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace;
using Sim.Utrace.Variants;

namespace Sim.Bench.Interpret;

/// <summary>What a run of a program took.</summary>
/// <param name="Seconds">Time.</param>
/// <param name="Instructions">Instructions it executed.</param>
/// <param name="Bytes">Bytes the host allocated.</param>
/// <param name="Output">What it printed.</param>
internal readonly record struct InterpretRun(double Seconds, long Instructions, long Bytes, string Output);

/// <summary>Runs a program in this process, as <c>sim run</c> does.</summary>
internal static class InterpretRig
{
    /// <summary>Runs it from its start to its end.</summary>
    /// <param name="file">The program.</param>
    /// <param name="rounds">Its argument.</param>
    /// <param name="steps">Whether an engine steps it.</param>
    internal static InterpretRun Run(string file, int rounds, bool steps)
    {
        if (!ElfImage.TryRead(Bytes.Of(File.ReadAllBytes(file)), out ElfImage? image, out string? problem))
        {
            throw new InvalidOperationException(problem);
        }

        X86Interpreter? x86 = image.IsPowerPc ? null : new X86Interpreter();
        PowerPcInterpreter? powerPc = image.IsPowerPc ? new PowerPcInterpreter() : null;
        InterpretedCode code = x86 is null ? new PowerPcCode(powerPc!) : new X86Code(x86);
        IArchitecture architecture = x86 is null ? PowerPcArchitecture.Ppc64() : new X86Architecture();
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var core = new UtraceCore(machine, UtraceVariant.All.First(one => string.Equals(one.Name, "b", StringComparison.Ordinal)));
        var kernel = new LinuxKernel(machine, core.Hooks, new KernelOptions { Architecture = architecture, Seed = 1, Release = "3.2.0" });
        Bytes argument = Text(rounds.ToString(CultureInfo.InvariantCulture));
        TaskStruct task = kernel.MakeProcess("bench", null, new ElfProgram(image, code, Text(file), [Text(file), argument], []));
        using var output = new MemoryStream();
        task.Files.Set(machine.BootCpu, kernel.Root.StandardFiles(
            "program", new HostOutput(machine, "stdout", output), new HostOutput(machine, "stderr", Stream.Null)));
        if (steps)
        {
            machine.BootCpu.Current = kernel.MakeTask("debugger");
            Attach(machine.BootCpu, core, task, new SteppingOps(machine)).GetAwaiter().GetResult();
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long begin = Stopwatch.GetTimestamp();
        kernel.Clock.Run();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return new InterpretRun(
            seconds, x86?.Executed ?? powerPc!.TimeBase, bytes, System.Text.Encoding.ASCII.GetString(output.ToArray()));
    }

    private static async Op Attach(Cpu cpu, UtraceCore core, TaskStruct task, SteppingOps ops)
    {
        UtraceEngine engine = (await core.AttachTask(cpu, task, AttachFlags.Create, ops, null)).Engine!;
        await core.SetEvents(cpu, task, engine, UtraceEvents.SyscallExit | UtraceEvents.SignalAll);
        await engine.Put(cpu);
    }

    private static Bytes Text(string text) => Bytes.Of(System.Text.Encoding.UTF8.GetBytes(text));
}
