namespace Sim.Explore.Litmus.Programs;

/// <summary>A thread of a litmus test.</summary>
public sealed class LitmusThread
{
    private readonly List<string> _registers = [];
    private readonly Dictionary<int, long> _initial = [];
    private readonly List<Instruction> _code = [];

    /// <summary>What it executes.</summary>
    public IReadOnlyList<Instruction> Code => _code;

    /// <summary>How many registers it has.</summary>
    public int RegisterCount => _registers.Count;

    /// <summary>Where the next instruction will stand.</summary>
    public int Here => _code.Count;

    /// <summary>The number of a register; a name that is new becomes one.</summary>
    public int Register(string name)
    {
        int known = _registers.IndexOf(name);
        if (known < 0)
        {
            known = _registers.Count;
            _registers.Add(name);
        }

        return known;
    }

    /// <summary>A register that no name in the test can mean.</summary>
    public int Temporary() => Register($"%{_registers.Count}");

    /// <summary>Says what a register holds at first.</summary>
    public void Initialise(int register, long value) => _initial[register] = value;

    /// <summary>What the registers hold at first.</summary>
    public long[] InitialRegisters()
    {
        long[] values = new long[_registers.Count];
        foreach ((int register, long value) in _initial)
        {
            values[register] = value;
        }

        return values;
    }

    /// <summary>Appends an instruction; answers where it stands.</summary>
    public int Add(Instruction instruction)
    {
        _code.Add(instruction);
        return _code.Count - 1;
    }

    /// <summary>Replaces an instruction, when the target of a jump has become known.</summary>
    public void Patch(int place, Instruction instruction) => _code[place] = instruction;
}
