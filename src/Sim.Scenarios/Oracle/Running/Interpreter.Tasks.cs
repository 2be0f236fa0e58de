using System.Globalization;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <content>Statements that make and end tasks, and let one work for another.</content>
internal sealed partial class Interpreter
{
    private const CloneFlags VforkFlags = CloneFlags.Vfork | CloneFlags.VM;

    private const CloneFlags ThreadFlags = CloneFlags.VM | CloneFlags.FS | CloneFlags.Files | CloneFlags.Sighand |
        CloneFlags.Thread | CloneFlags.Sysvsem;

    private async Op DoFork(User user, Fork fork)
        => await Clone(
            user,
            (CloneFlags)Signals.SIGCHLD | (fork.Vfork ? VforkFlags : CloneFlags.None),
            world.Name(fork.Name),
            world.Script.Program(fork.Program).Body);

    private async Op DoForkBlock(User user, ForkBlock fork)
        => await Clone(user, (CloneFlags)Signals.SIGCHLD, world.Name(fork.Name), fork.Body);

    private async Op DoCreateThread(User user, CreateThread thread)
        => await Clone(user, ThreadFlags, world.Name(thread.Name), world.Script.Program(thread.Program).Body);

    private async Op DoForkHere(User user, ForkHere fork)
    {
        if (fork.Child is null)
        {
            throw Unsupported(fork);
        }

        long flags = await Value(user, fork.Flags);
        TaskName name = await world.NameOfChild(user.Cpu, fork.Variable);
        long pid = await Clone(user, (CloneFlags)flags, name, fork.Child);
        actor.Set(user.Cpu, fork.Variable, pid);
    }

    /// <summary>clone(): the child's program ends the child; its variables are copies.</summary>
    private async Op<long> Clone(User user, CloneFlags flags, TaskName name, Statement body)
    {
        Actor child = actor.Copy(user.Cpu, name);
        long pid = await user.Clone(flags, new ScriptProgram(world, child, body), name.Label);
        if (pid > 0)
        {
            await world.Numbers.Register(user.Cpu, name, (int)pid);
        }

        return pid;
    }

    private async Op DoExec(User user, Exec exec)
    {
        TaskName name = Name(user.Cpu);
        if (user.Gettid() != user.Getpid())
        {
            // Who calls exec becomes the leader, under the leader's number and so under its name.
            name = world.Name(world.Numbers.Peek(user.Getpid()));
        }

        long result = await user.Exec(new ScriptProgram(world, new Actor(world.Machine, name), exec.Image));
        await Write(user, $"execve() = {Wording.Result(result)}");
    }

    private async Op DoExitGroup(User user, ExitGroup exit) => await user.Exit((int)await Value(user, exit.Code));

    private async Op DoExitThread(User user, ExitThread exit) => await user.ExitThread((int)await Value(user, exit.Code));

    private static async Op DoPauseForEver(User user)
    {
        while (true)
        {
            await user.Pause();
        }
    }

    private static async Op DoPause(User user) => await user.Pause();

    private async Op DoSetpgid(User user, Setpgid call)
        => await user.Setpgid((int)await Pid(user, call.Task), (int)await Pid(user, call.Group));

    private static async Op DoSetsid(User user) => await user.Setsid();

    private async Op DoPrctl(User user, Prctl call) => await PrctlCall(user, call);

    private async Op<long> PrctlCall(User user, Prctl call)
    {
        const int setPdeathsig = 1;
        if (call.Option.Value != setPdeathsig)
        {
            throw Unsupported(call);
        }

        return await user.SetPdeathsig((int)await Value(user, call.Arguments[0]));
    }

    private async Op DoWritePipe(User user, WritePipe write)
    {
        LogLine line = await world.Log.Begin(
            user.Cpu,
            Name(user.Cpu).Label,
            string.Create(CultureInfo.InvariantCulture, $"write(pipe, {write.Bytes} {(write.Bytes == 1 ? "byte" : "bytes")})"));
        await user.Cpu.Rmw(world.Pipe, RmwKind.Add, write.Bytes);
        line.End(write.Bytes);
    }

    /// <summary>read() of one byte from the pipe: sleeps until there is one, and restarts as SA_RESTART says.</summary>
    private async Op<long> ReadPipe(User user)
    {
        SyscallGate gate = user.Task.Kernel.Gate;
        CallEnd end;
        do
        {
            await gate.Enter(user.Cpu);
            bool ready = await SilentSleep.InKernel(user.Cpu, world.Pipe);
            if (ready)
            {
                await user.Cpu.Rmw(world.Pipe, RmwKind.Add, -1);
            }

            end = await gate.Leave(user.Cpu, ready ? 1 : -(long)Errno.ERESTARTSYS);
        }
        while (end.Restarts);

        return end.Result;
    }

    private async Op DoDeclare(User user, Declaration declaration)
    {
        for (int i = 0; i < declaration.Declarators.Length; i++)
        {
            Declarator declarator = declaration.Declarators[i];
            if (declarator.Initializer is InitializerList list)
            {
                await DoDeclareArray(user, declarator.Name, list);
            }
            else if (!declarator.IsArray)
            {
                long value = declarator.Initializer is null ? 0 : await Value(user, declarator.Initializer);
                actor.Set(user.Cpu, declarator.Name, value);
            }
        }
    }

    private async Op DoDeclareArray(User user, string name, InitializerList list)
    {
        for (int i = 0; i < list.Items.Length; i++)
        {
            long value = await Value(user, list.Items[i]);
            actor.Set(user.Cpu, string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), value);
        }
    }

    private async Op DoEvaluate(User user, Evaluate evaluate)
    {
        if (evaluate.Expression is Assignment { Target: Variable { Name: "ME" }, Value: Literal name })
        {
            await world.Numbers.Register(user.Cpu, world.Name(name.Value), user.Gettid());
            actor.Name.Set(user.Cpu, world.Name(name.Value));
            return;
        }

        await Value(user, evaluate.Expression);
    }

    private async Op DoSetMode(User user, SetMode mode)
        => await user.Cpu.Store(world.Name(mode.Task).Mode, world.Script.ModeOf(mode));

    private async Op DoOnBehalf(User user, OnBehalf request)
    {
        var command = new Command(world.Machine, request.Command);
        await user.Cpu.Store(world.Name(request.Task).Command, command);
        await user.Cpu.Store(world.Name(request.Task).HasCommand, 1);
        while (!await SilentSleep.Until(user, command.Done))
        {
        }
    }

    private async Op DoServe(User user, ServeCommands serve)
    {
        while (true)
        {
            Command command = await NextCommand(user, world.Name(serve.Mark));
            if (command.Statement is ExitGroup or ExitThread or Exec or PauseForEver)
            {
                await user.Cpu.Store(command.Done, 1);
            }

            await Run(user, command.Statement);
            await user.Cpu.Store(command.Done, 1);
        }
    }

    private static async Op<Command> NextCommand(User user, TaskName name)
    {
        while (!await SilentSleep.Until(user, name.HasCommand))
        {
        }

        Command command = (await user.Cpu.Load(name.Command))!;
        await user.Cpu.Store(name.HasCommand, 0);
        return command;
    }
}
