using Sim.Machine.Ops;

namespace Sim.Utrace.Reporting;

/// <summary>At which step of a pass the loop of direct mode stopped.</summary>
internal enum DirectTurn
{
    /// <summary>Before start_report().</summary>
    Start,

    /// <summary>Before the quiesce callback of an engine.</summary>
    Engine,

    /// <summary>In the quiesce callback, or with its answer.</summary>
    Quiesce,

    /// <summary>In the event's callback, or with its answer.</summary>
    Event,

    /// <summary>After the last engine.</summary>
    End,
}

/// <summary>How far a pass came in the loop of direct mode. Every answer so far was RESUME.</summary>
internal record struct DirectWalk
{
    private int _result;
    private bool _heard;

    /// <summary>The step.</summary>
    internal DirectTurn Turn { get; private set; }

    /// <summary>How many engines had their turn.</summary>
    internal int Index { get; private set; }

    /// <summary>The vector of the callback that was made.</summary>
    internal EngineOps? Ops { get; private set; }

    /// <summary>What that callback answers.</summary>
    internal Op<Verdict> Answer { get; private set; }

    /// <summary>The books of the pass.</summary>
    internal readonly Report SoFar => Report.Begin with { Result = _result, Spurious = !_heard };

    /// <summary>Event bits of the last answer.</summary>
    internal readonly int Result => _result;

    /// <summary>Notes that the loop stops between callbacks.</summary>
    /// <returns>False, which the loop returns.</returns>
    internal bool LeaveAt(DirectTurn turn, int index, int result, bool spurious)
    {
        Turn = turn;
        Index = index;
        _result = result;
        _heard = !spurious;
        return false;
    }

    /// <summary>Notes that the loop stops at a callback whose answer is not RESUME, or not there yet.</summary>
    /// <returns>False, which the loop returns.</returns>
    internal bool LeaveIn(DirectTurn turn, int index, int result, bool spurious, EngineOps ops, Op<Verdict> answer)
    {
        Ops = ops;
        Answer = answer;
        return LeaveAt(turn, index, result, spurious);
    }
}
