using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Testing.LittleLives;

/// <summary>A random traffic of queued signals.</summary>
/// <param name="Senders">Processes that send.</param>
/// <param name="Each">How many signals each sends.</param>
/// <param name="Threads">Threads of the receiver.</param>
/// <param name="Signals">How many different real-time signals are used.</param>
/// <param name="Blocks">Whether the receivers block and unblock them now and then.</param>
[Immutable]
public sealed record Traffic(int Senders, int Each, int Threads, int Signals, bool Blocks);

/// <summary>
/// Senders queue real-time signals with values to a process that handles them: each value arrives exactly once,
/// and those of one sender and one signal arrive in order.
/// </summary>
public sealed class QueueWorld : MachineObject
{
    private const int First = Kernel.Abi.Signals.SIGRTMIN + 2;
    private readonly KernelWorld _world;
    private readonly Traffic _traffic;
    private readonly TaskStruct _receiver;
    private readonly ImmutableArray<Shared<int>> _arrived;
    private readonly Shared<int> _total;

    private QueueWorld(SimMachine machine, Traffic traffic)
        : base(machine, "traffic", "traffic")
    {
        _traffic = traffic;
        _world = new KernelWorld(machine, init: false);
        _total = new Shared<int>(this, "total");
        _arrived = [.. Enumerable.Range(0, traffic.Senders * traffic.Signals).Select(
            i => new Shared<int>(this, FormattableString.Invariant($"arrived[{i}]")))];
        _receiver = _world.Process("receiver", Receive);
        for (int i = 1; i < traffic.Threads; i++)
        {
            _world.Thread(FormattableString.Invariant($"thread{i}"), _receiver, Receive);
        }

        for (int i = 0; i < traffic.Signals; i++)
        {
            _world.Kernel.SetAction(_receiver, First + i, SigAction.Run(new RoutineHandler(Handle)));
        }

        for (int i = 0; i < traffic.Senders; i++)
        {
            int sender = i;
            _world.Stranger(FormattableString.Invariant($"sender{i}"), user => Send(user, sender));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, Traffic traffic) => new QueueWorld(machine, traffic).AtEnd;

    private void AtEnd()
    {
        int sent = _traffic.Senders * _traffic.Each;
        _world.Expect(_total.Peek == sent, FormattableString.Invariant($"{sent} signals were queued and {_total.Peek} handled"));
        _world.AtEnd();
    }

    private async Op Send(User user, int sender)
    {
        for (int i = 0; i < _traffic.Each; i++)
        {
            int kind = i % _traffic.Signals;
            long result = await user.Sigqueue(_receiver.Tgid, First + kind, (sender * 1000) + i);
            _world.Expect(result == 0, "sigqueue failed");
        }
    }

    /// <summary>Every thread waits until all have arrived; signals come while it runs and while it sleeps.</summary>
    private async Op<int> Receive(User user)
    {
        SigSet these = SigSet.Of(First, First + _traffic.Signals - 1);
        while (await user.Cpu.Load(_total) < _traffic.Senders * _traffic.Each)
        {
            if (_traffic.Blocks)
            {
                await user.Sigprocmask(SigHow.Block, these);
                await user.Yield();
                await user.Sigprocmask(SigHow.Unblock, these);
            }

            await user.Yield();
        }

        await user.ExitThread(0);
        return 0;
    }

    private async Op Handle(User user, SigInfo info)
    {
        int sender = (int)(info.Value / 1000);
        int number = (int)(info.Value % 1000);
        int line = (sender * _traffic.Signals) + info.Signo - First;
        if (_traffic.Threads == 1)
        {
            // With several threads, handlers of one line may overtake each other.
            int before = await user.Cpu.Rmw(_arrived[line], RmwKind.Exchange, number + 1);
            _world.Expect(before <= number, "a queued signal arrived twice, or before an older one");
        }

        await user.Cpu.Rmw(_total, RmwKind.Add, 1);
    }
}
