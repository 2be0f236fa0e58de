using System.Globalization;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine.Ops;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <content>Values: C, as far as scripts use it.</content>
internal sealed partial class Interpreter
{
    private async Op<long> Value(User user, Expression expression)
    {
        switch (expression)
        {
            case Number number:
                return number.Value;
            case Variable variable:
                return actor.Get(user.Cpu, variable.Name) ?? await user.Cpu.Load(world.Name(variable.Name).Pid);
            case Element:
                return actor.Get(user.Cpu, await Place(user, expression)) ?? 0;
            case FlagIsSet flag:
                return await user.Cpu.Load(world.Flag(flag.Flag));
            case Cast cast:
                return await Value(user, cast.Operand);
            case Prefix prefix:
                return await PrefixValue(user, prefix);
            case Postfix postfix:
                return await Change(user, postfix.Operand, postfix.Operator is "++" ? 1 : -1, before: true);
            case Infix infix:
                return await InfixValue(user, infix);
            case Assignment assignment:
                return await Assign(user, assignment);
            case Call call:
                return await Called(user, call);
            default:
                throw Unsupported(expression);
        }
    }

    private async Op<string> Place(User user, Expression target)
    {
        if (target is Variable variable)
        {
            return variable.Name;
        }

        if (target is not Element { Of: Variable of } element)
        {
            throw Unsupported(target);
        }

        long index = await Value(user, element.Index);
        return string.Create(CultureInfo.InvariantCulture, $"{of.Name}[{index}]");
    }

    private async Op<long> PrefixValue(User user, Prefix prefix)
    {
        if (prefix.Operator is "++" or "--")
        {
            return await Change(user, prefix.Operand, prefix.Operator is "++" ? 1 : -1, before: false);
        }

        long operand = await Value(user, prefix.Operand);
        return prefix.Operator switch
        {
            "!" => operand == 0 ? 1 : 0,
            "-" => -operand,
            "~" => ~operand,
            _ => throw Unsupported(prefix),
        };
    }

    private async Op<long> Change(User user, Expression target, long by, bool before)
    {
        string place = await Place(user, target);
        long old = actor.Get(user.Cpu, place) ?? 0;
        actor.Set(user.Cpu, place, old + by);
        return before ? old : old + by;
    }

    private async Op<long> Assign(User user, Assignment assignment)
    {
        string place = await Place(user, assignment.Target);
        long old = actor.Get(user.Cpu, place) ?? 0;
        long value = await Value(user, assignment.Value);
        long result = assignment.Operator switch
        {
            "=" => value,
            "+=" => old + value,
            "-=" => old - value,
            "|=" => old | value,
            "&=" => old & value,
            _ => throw Unsupported(assignment),
        };
        actor.Set(user.Cpu, place, result);
        return result;
    }

    private async Op<long> InfixValue(User user, Infix infix)
    {
        long left = await Value(user, infix.Left);
        if (infix.Operator is "&&" or "||")
        {
            bool decided = left != 0 == infix.Operator is "||";
            return decided || await Value(user, infix.Right) != 0 ? (decided && infix.Operator is "&&" ? 0 : 1) : 0;
        }

        long right = await Value(user, infix.Right);
        return infix.Operator switch
        {
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => left == right ? 1 : 0,
            "!=" => left != right ? 1 : 0,
            "<" => left < right ? 1 : 0,
            ">" => left > right ? 1 : 0,
            "<=" => left <= right ? 1 : 0,
            ">=" => left >= right ? 1 : 0,
            "<<" => left << (int)right,
            ">>" => left >> (int)right,
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "%" => left % right,
            _ => throw Unsupported(infix),
        };
    }

    /// <summary>A system call or a C function, by name.</summary>
    private async Op<long> Called(User user, Call call) => call.Function switch
    {
        "getpid" => user.Getpid(),
        "gettid" => user.Gettid(),
        "getppid" => await user.Getppid(),
        "getpgrp" => await user.Getpgid(0),
        "getpgid" => await user.Getpgid(await Argument(user, call, 0)),
        "getsid" => await user.Getsid(await Argument(user, call, 0)),
        "setpgid" => await user.Setpgid(await Argument(user, call, 0), await Argument(user, call, 1)),
        "setsid" => await user.Setsid(),
        "kill" => await user.Kill(await Argument(user, call, 0), await Argument(user, call, 1)),
        "tkill" => await user.Tgkill(0, await Argument(user, call, 0), await Argument(user, call, 1)),
        "raise" => await user.Tgkill(0, user.Gettid(), await Argument(user, call, 0)),
        "abort" => await user.Tgkill(0, user.Gettid(), Signals.SIGABRT),
        "tgkill" => await user.Tgkill(await Argument(user, call, 0), await Argument(user, call, 1), await Argument(user, call, 2)),
        "sigqueue" => await user.Sigqueue(await Argument(user, call, 0), await Argument(user, call, 1), await Argument(user, call, 2)),
        "pause" => await user.Pause(),
        "read" => await ReadPipe(user),
        "prctl" => await user.SetPdeathsig(await Argument(user, call, 1)),
        "sigaction" => await user.Sigaction(await Argument(user, call, 0), ActionOf(await Argument(user, call, 1))),
        "wait4" or "waitpid" => await WaitCall(user, call),
        "sched_yield" or "usleep" or "nanosleep" => await YieldCall(user),
        "exit" or "exit_group" => await ExitCall(user, call),
        "pid_of" when call.Arguments is [Literal name] => await user.Cpu.Load(world.Name(name.Value).Pid),
        "WIFEXITED" => (await Argument(user, call, 0) & 0x7f) == 0 ? 1 : 0,
        "WEXITSTATUS" or "WSTOPSIG" => (await Argument(user, call, 0) >> 8) & 0xff,
        "WTERMSIG" => await Argument(user, call, 0) & 0x7f,
        "WIFSTOPPED" => (await Argument(user, call, 0) & 0xff) == 0x7f ? 1 : 0,
        "WIFCONTINUED" => await Argument(user, call, 0) == 0xffff ? 1 : 0,
        "WIFSIGNALED" => (await Argument(user, call, 0) & 0x7f) is not 0 and not 0x7f ? 1 : 0,
        _ => throw Unsupported(call),
    };

    private static SigAction ActionOf(int handler) => handler == 0 ? SigAction.Default : SigAction.Ignore;

    private async Op<int> Argument(User user, Call call, int index)
        => index < call.Arguments.Length ? (int)await Value(user, call.Arguments[index]) : 0;

    private async Op<long> WaitCall(User user, Call call)
    {
        int last = call.Function is "wait4" ? 2 : call.Arguments.Length - 1;
        bool hasStatus = call.Arguments.Length > 2 && call.Arguments[1] is Prefix { Operator: "&" };
        int pid = await Argument(user, call, 0);
        WaitResult found = await user.Wait4(pid, (WaitOptions)(uint)await Argument(user, call, last));
        if (hasStatus && found.Result > 0)
        {
            actor.Set(user.Cpu, await Place(user, ((Prefix)call.Arguments[1]).Operand), found.Status);
        }

        return found.Result;
    }

    private static async Op<long> YieldCall(User user)
    {
        await user.Yield();
        return 0;
    }

    private async Op<long> ExitCall(User user, Call call)
    {
        await user.Exit(await Argument(user, call, 0));
        return 0;
    }

    /// <summary><c>show call(...)</c>: makes a system call and logs what it answers; numbers of tasks by name.</summary>
    private async Op DoShowCall(User user, ShowCall show)
    {
        long result = await Called(user, show.Call);
        bool isTask = result > 0 && show.Call.Function is
            "getpid" or "gettid" or "getppid" or "getpgrp" or "getpgid" or "getsid" or "setsid";
        await Write(user, $"{show.Text} = {(isTask ? world.Numbers.Peek(result) : Wording.Result(result))}");
    }
}
