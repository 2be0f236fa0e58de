using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>The event log of a run, in the form of the recordings.</summary>
internal sealed class EventLog : MachineObject
{
    private readonly ScriptWorld _world;
    private readonly Chain<LogLine> _lines;

    internal EventLog(SimMachine machine, ScriptWorld world)
        : base(machine, "log", "log")
    {
        _world = world;
        _lines = new Chain<LogLine>(machine, "log");
    }

    /// <summary>The log of a run that has ended.</summary>
    internal IEnumerable<string> PeekLines()
        => _lines.Peek().Where(line => !line.IsLate.Peek).Reverse().Select(line => line.ToLine());

    /// <summary>Writes a line.</summary>
    internal async Op Write(Cpu cpu, string who, string text) => await Begin(cpu, who, text);

    /// <summary>Writes a line whose end is known later.</summary>
    internal async Op<LogLine> Begin(Cpu cpu, string who, string text)
    {
        var line = new LogLine(Machine, who, text);
        await _lines.Add(cpu, line);
        line.IsLate.Note(_world.Ended.Peek);
        return line;
    }
}

/// <summary>A line of the log: its text, and a result that may follow.</summary>
internal sealed class LogLine : ChainItem
{
    private readonly string _who;
    private readonly string _text;
    private readonly Ghost<bool> _ended;
    private readonly Ghost<long> _result;

    internal LogLine(SimMachine machine, string who, string text)
        : base(machine, "line")
    {
        _who = who;
        _text = text;
        _ended = new Ghost<bool>(this, "ended");
        _result = new Ghost<long>(this, "result");
        IsLate = new Ghost<bool>(this, "late");
    }

    /// <summary>Whether it was written behind the end of the log.</summary>
    internal Ghost<bool> IsLate { get; }

    /// <summary>The call that the line is about has returned.</summary>
    internal void End(long result)
    {
        _result.Note(result);
        _ended.Note(true);
    }

    internal string ToLine()
        => $"{_who,-3} {_text}{(_ended.Peek ? $" = {Wording.Result(_result.Peek)}" : "")}";
}
