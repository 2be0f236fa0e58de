using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    /// <summary>The next one follows.</summary>
    Next,

    /// <summary>The innermost loop is left.</summary>
    Break,

    /// <summary>The innermost loop begins its next turn.</summary>
    Continue,

    /// <summary>The program is left.</summary>
    Return,
}

/// <summary>
/// Runs the statements of one task. The place in the tree is the stack of suspended routines itself, which the
/// machine copies and takes back; everything else is in the actor's and the world's cells.
/// </summary>
[Immutable]
internal sealed partial class Interpreter(ScriptWorld world, Actor actor)
{
    /// <summary>Runs a statement; most have one system call.</summary>
    internal async Op<Flow> Run(User user, Statement statement)
    {
        switch (statement)
        {
            case Block block:
                return await RunBlock(user, block);
            case Sequence sequence:
                return await RunSequence(user, sequence);
            case If choice:
                return await RunIf(user, choice);
            case IfMode choice:
                return await user.Cpu.Load(Name(user.Cpu).Mode) == choice.Mode ? await Run(user, choice.Then) : Flow.Next;
            case For loop:
                return await RunFor(user, loop);
            case While loop:
                return await RunWhile(user, loop);
            case Loop loop:
                return await RunLoop(user, loop);
            case CallProgram call:
                await Run(user, world.Script.Program(call.Program).Body);
                return Flow.Next;
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Return leave:
                if (leave.Value is not null)
                {
                    await Value(user, leave.Value);
                }

                return Flow.Return;
            default:
                await Do(user, statement);
                return Flow.Next;
        }
    }

    private async Op<Flow> RunBlock(User user, Block block)
    {
        for (int i = 0; i < block.Statements.Length; i++)
        {
            Flow flow = await Run(user, block.Statements[i]);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private async Op<Flow> RunSequence(User user, Sequence sequence)
    {
        for (int i = 0; i < sequence.Statements.Length; i++)
        {
            Flow flow = await Run(user, sequence.Statements[i]);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private async Op<Flow> RunIf(User user, If choice)
    {
        if (await Value(user, choice.Condition) != 0)
        {
            return await Run(user, choice.Then);
        }

        return choice.Else is null ? Flow.Next : await Run(user, choice.Else);
    }

    private async Op<Flow> RunFor(User user, For loop)
    {
        if (loop.First is not null)
        {
            await Run(user, loop.First);
        }

        while (loop.Condition is null || await Value(user, loop.Condition) != 0)
        {
            Flow flow = await Run(user, loop.Body);
            if (flow is Flow.Break or Flow.Return)
            {
                return flow == Flow.Break ? Flow.Next : flow;
            }

            if (loop.Step is not null)
            {
                await Value(user, loop.Step);
            }
        }

        return Flow.Next;
    }

    private async Op<Flow> RunWhile(User user, While loop)
    {
        while (await Value(user, loop.Condition) != 0)
        {
            Flow flow = await Run(user, loop.Body);
            if (flow is Flow.Break or Flow.Return)
            {
                return flow == Flow.Break ? Flow.Next : flow;
            }
        }

        return Flow.Next;
    }

    private async Op<Flow> RunLoop(User user, Loop loop)
    {
        while (true)
        {
            Flow flow = await Run(user, loop.Body);
            if (flow is Flow.Break or Flow.Return)
            {
                return flow == Flow.Break ? Flow.Next : flow;
            }
        }
    }

    private Op Do(User user, Statement statement) => statement switch
    {
        Fork fork => DoFork(user, fork),
        ForkBlock fork => DoForkBlock(user, fork),
        ForkHere fork => DoForkHere(user, fork),
        CreateThread thread => DoCreateThread(user, thread),
        Exec exec => DoExec(user, exec),
        ExitGroup exit => DoExitGroup(user, exit),
        ExitThread exit => DoExitThread(user, exit),
        PauseForEver => DoPauseForEver(user),
        Pause => DoPause(user),
        SchedYield => user.Yield(),
        Setpgid call => DoSetpgid(user, call),
        Setsid => DoSetsid(user),
        Prctl call => DoPrctl(user, call),
        WritePipe write => DoWritePipe(user, write),
        Declaration declaration => DoDeclare(user, declaration),
        Evaluate evaluate => DoEvaluate(user, evaluate),
        Log log => Write(user, log.Format),
        OnBehalf command => DoOnBehalf(user, command),
        ServeCommands serve => DoServe(user, serve),
        SetMode mode => DoSetMode(user, mode),
        ShowCall call => DoShowCall(user, call),
        _ => DoSignal(user, statement) ?? DoWatch(user, statement) ?? throw Unsupported(statement),
    };

    private static NotSupportedException Unsupported(object node)
        => new(node is TraceMe or PtraceRequest or GetSiginfo or GetEventMessage or PokeUser or InstallAsmHandler
            ? "needs ptrace"
            : $"not supported: {node}");

    private TaskName Name(Cpu cpu) => actor.Name.Get(cpu)!;

    private Op Write(User user, string text) => world.Log.Write(user.Cpu, Name(user.Cpu).Label, text);
}
