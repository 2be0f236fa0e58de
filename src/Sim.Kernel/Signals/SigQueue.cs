using Sim.Kernel.Abi;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>struct sigqueue: one queued signal with its siginfo. It never changes.</summary>
/// <remarks>
/// Two entries are the same to a state if they are in the same place of the same queue and say the same, whoever made
/// them and however many there were before: the states of a task that is sent signals for ever recur.
/// </remarks>
public sealed class SigQueue : MachineObject
{
    /// <summary>An entry for a queue, which does not hold it yet.</summary>
    /// <param name="queue">The task or group whose queue it is for.</param>
    /// <param name="info">What is delivered with the signal.</param>
    /// <param name="isAccounted">Whether it counts against RLIMIT_SIGPENDING.</param>
    /// <param name="place">How many entries are in the queue already.</param>
    internal SigQueue(MachineObject queue, SigInfo info, bool isAccounted, int place)
        : base(queue, "sigqueue", Number(info, place), "")
    {
        Info = info;
        IsAccounted = isAccounted;
    }

    /// <summary>What is delivered with the signal.</summary>
    public SigInfo Info { get; }

    /// <summary>Whether the entry counts against RLIMIT_SIGPENDING.</summary>
    public bool IsAccounted { get; }

    private static long Number(in SigInfo info, int place)
    {
        ulong hash = StateHash.Mix((ulong)info.Signo, (ulong)info.Code);
        hash = StateHash.Mix(hash, (ulong)info.Pid);
        hash = StateHash.Mix(hash, (ulong)info.Uid);
        hash = StateHash.Mix(hash, (ulong)info.Status);
        hash = StateHash.Mix(hash, (ulong)info.Errno);
        hash = StateHash.Mix(hash, (ulong)info.Value);
        hash = StateHash.Mix(hash, info.Address);
        return (long)StateHash.Mix(hash, (ulong)place);
    }
}
