using System.Reflection;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Repository;

/// <summary>All mutable state of the simulated world lives in the machine and can be undone.</summary>
public sealed class MutableStateTests
{
    private const string OfSlice = "taken when a slice begins and put back when it ends; no step lies in between";

    /// <summary>Nothing but the simulated world is written down here: every class is audited.</summary>
    private static readonly string[] s_worlds = ["Sim.Arch", "Sim.Kernel", "Sim.Utrace"];

    /// <summary>Here also stand catalogues and reports: what is machine-owned is audited.</summary>
    private static readonly string[] s_users = ["Sim.Scenarios"];

    /// <summary>Fields that are allowed although they can change, each with the reason.</summary>
    private static readonly Dictionary<string, string> s_allowed = new(StringComparer.Ordinal)
    {
        ["LinuxKernel.Tracehook"] = "wired once; what implements it is audited as a class",
        ["LinuxKernel.Init"] = "set while the world is set up, before the first step",
        ["TracehookDecorator.inner"] = "wired once; what implements it is audited as a class",
        ["UtraceCore.Hooks"] = "wired once; what implements it is audited as a class",
        ["UtraceWorld._watches"] = "filled while the world is set up, before the first step",
        ["UtraceWorld._tasks"] = "filled while the world is set up, before the first step",
        ["WatchedHooks._followed"] = "filled while the world is set up, before the first step",
        ["TaskStruct.Rcu"] = "set once, when the task is made",
        ["Page.References"] = "changes in direct mode only, where nothing is undone",
        ["MmStruct.Tlb"] = "exists in direct mode only, where nothing is undone",
        ["Tlb._read"] = "exists in direct mode only, where nothing is undone",
        ["Tlb._write"] = "exists in direct mode only, where nothing is undone",
        ["Tlb._execute"] = "exists in direct mode only, where nothing is undone",
        ["Tlb._code"] = "exists in direct mode only, where nothing is undone",
        ["Tlb._isEmpty"] = "exists in direct mode only, where nothing is undone",
        ["KernelOptions.Watch"] = "the host's own; it must not touch the machine",
        ["X86Code.interpreter"] = "keeps nothing between slices but a cache",
        ["HostInput.stream"] = "where sim run reads; it exists in direct mode only",
        ["HostOutput.stream"] = "where sim run writes; it exists in direct mode only",
        ["X86Block.bytes"] = "filled once, when the block is decoded",
        ["X86Block.instructions"] = "filled once, when the block is decoded",
        ["X86Block.Ops"] = "filled once, when the block is decoded",
        ["X86Block.Trust"] = "when the block was compared with memory: a number that only the interpreter knows",
        ["X86Interpreter._cache"] = "decoded instructions, checked against memory",
        ["X86Interpreter._crossing"] = OfSlice,
        ["X86Interpreter._cpu"] = OfSlice,
        ["X86Interpreter._memory"] = OfSlice,
        ["X86Interpreter._ip"] = OfSlice,
        ["X86Interpreter._next"] = OfSlice,
        ["X86Interpreter._blockEnd"] = OfSlice,
        ["X86Interpreter._blockStart"] = OfSlice,
        ["X86Interpreter._codeWritten"] = OfSlice,
        ["X86Interpreter._noTlb"] = OfSlice,
        ["X86Interpreter._tlb"] = OfSlice,
        ["X86Interpreter._trust"] = "which decoded blocks were compared with memory; no other number is computed from it",
        ["X86Interpreter._fault"] = OfSlice,
        ["X86Interpreter._isGeneral"] = OfSlice,
        ["X86Interpreter._leavesBlock"] = OfSlice,
        ["X86Interpreter._traps"] = OfSlice,
        ["X86Interpreter._lazy"] = OfSlice,
        ["X86Interpreter._lazySize"] = OfSlice,
        ["X86Interpreter._lazyLeft"] = OfSlice,
        ["X86Interpreter._lazyRight"] = OfSlice,
        ["X86Interpreter._lazyResult"] = OfSlice,
        ["X86Interpreter.Executed"] = "begins again with each slice where steps are undone",
        ["X86Interpreter.Unsupported"] = "for people",
        ["X86Interpreter._g"] = OfSlice,
        ["X86Interpreter._xmm"] = OfSlice,
        ["X86Interpreter._flags"] = OfSlice,
        ["X86Interpreter._flagsBefore"] = OfSlice,
        ["X86Interpreter._stackBefore"] = OfSlice,
        ["X86Interpreter._stack"] = OfSlice,
        ["X86Interpreter._mxcsr"] = OfSlice,
        ["X86Interpreter._raised"] = OfSlice,
        ["X86Interpreter._fsBase"] = OfSlice,
        ["X86Interpreter._gsBase"] = OfSlice,
        ["PowerPcBlock.bytes"] = "filled once, when the block is decoded",
        ["PowerPcBlock.instructions"] = "filled once, when the block is decoded",
        ["PowerPcBlock.Trust"] = "when the block was compared with memory: a number that only the interpreter knows",
        ["PowerPcInterpreter._cpu"] = OfSlice,
        ["PowerPcInterpreter._memory"] = OfSlice,
        ["PowerPcInterpreter._reservation"] = OfSlice,
        ["PowerPcInterpreter._next"] = OfSlice,
        ["PowerPcInterpreter._blockAddress"] = OfSlice,
        ["PowerPcInterpreter._behindBlock"] = OfSlice,
        ["PowerPcInterpreter._position"] = OfSlice,
        ["PowerPcInterpreter._stop"] = OfSlice,
        ["PowerPcInterpreter._fault"] = OfSlice,
        ["PowerPcInterpreter._g"] = OfSlice,
        ["PowerPcInterpreter._f"] = OfSlice,
        ["PowerPcInterpreter._ip"] = OfSlice,
        ["PowerPcInterpreter._msr"] = OfSlice,
        ["PowerPcInterpreter._link"] = OfSlice,
        ["PowerPcInterpreter._ctr"] = OfSlice,
        ["PowerPcInterpreter._xer"] = OfSlice,
        ["PowerPcInterpreter._cr"] = OfSlice,
        ["PowerPcInterpreter._fpscr"] = OfSlice,
        ["PowerPcInterpreter._vrsave"] = OfSlice,
        ["PowerPcInterpreter._isWide"] = OfSlice,
        ["PowerPcInterpreter._isLittle"] = OfSlice,
        ["PowerPcInterpreter._cache"] = "decoded instructions, checked against memory",
        ["PowerPcInterpreter._noTlb"] = OfSlice,
        ["PowerPcInterpreter._tlb"] = OfSlice,
        ["PowerPcInterpreter._trust"] = "which decoded blocks were compared with memory; no other number is computed from it",
        ["PowerPcInterpreter.TimeBase"] = "begins again with each slice where steps are undone",
        ["PowerPcInterpreter.Unsupported"] = "for people",
        ["PowerPcCode.interpreter"] = "keeps nothing between slices but a cache",
        ["InterpretedCode._explored"] = "begins anew with each call of the interpreter",
        ["ExploredMemory._code"] = "begins anew with each call of the interpreter",
        ["ExploredMemory._mm"] = "begins anew with each call of the interpreter",
        ["ExploredMemory._answers"] = "begins anew with each call of the interpreter",
        ["ExploredMemory._used"] = "begins anew with each call of the interpreter",
        ["ExploredMemory.Request"] = "begins anew with each call of the interpreter",
    };

    /// <summary>Static fields that are allowed although their type can change, each with the reason.</summary>
    private static readonly Dictionary<string, string> s_allowedStatics = new(StringComparer.Ordinal)
    {
        ["StateMachineHasher.s_mix"] = "reflection data, which is immutable",
        ["StateMachineHasher.s_identity"] = "reflection data, which is immutable",
        ["FenceClock.None"] = "no barrier; a clock never changes",
        ["View.Empty"] = "no write; a view never changes",
        ["Knowledge.Nothing"] = "an empty view and clock",
        ["Dependency.Nothing"] = "two of those",
        ["ProcessorViews.Fresh"] = "empty views and clocks",
        ["ProgramViews.Fresh"] = "nothing known yet; it never changes",
    };

    public static TheoryData<string> Worlds => [.. s_worlds];

    public static TheoryData<string> Sources => [.. s_worlds, .. s_users, "Sim.Machine", "Sim.Explore"];

    [Theory]
    [MemberData(nameof(Worlds))]
    public void Classes_of_the_world_keep_what_changes_in_cells(string assembly)
        => AssertNone(StateAudit.Classes(Assembly.Load(assembly)).SelectMany(StateAudit.InstanceOffences), s_allowed);

    [Fact]
    public void Machine_owned_classes_of_scenarios_keep_what_changes_in_cells()
        => AssertNone(s_users.Select(Assembly.Load).SelectMany(StateAudit.MachineOwned)
            .SelectMany(StateAudit.InstanceOffences), s_allowed);

    [Theory]
    [MemberData(nameof(Sources))]
    public void Nothing_static_can_change(string assembly)
        => AssertNone(StateAudit.StaticOffences(Assembly.Load(assembly)), s_allowedStatics);

    [Fact]
    public void Nothing_is_allowed_that_is_not_there()
    {
        IEnumerable<string> found = s_worlds.Select(Assembly.Load).SelectMany(StateAudit.Classes)
            .Concat(s_users.Select(Assembly.Load).SelectMany(StateAudit.MachineOwned))
            .SelectMany(StateAudit.InstanceOffences)
            .Concat(Sources.SelectMany(row => StateAudit.StaticOffences(Assembly.Load(row.Data))))
            .Select(FieldOf);

        Assert.Empty(s_allowed.Keys.Concat(s_allowedStatics.Keys)
            .Except(found, StringComparer.Ordinal));
    }

    [Fact]
    public void The_audit_finds_every_kind_of_state_that_no_undo_knows_of()
    {
        string[] found = [.. StateAudit.MachineOwned(typeof(Careless).Assembly)
            .Where(type => type == typeof(Careless))
            .SelectMany(StateAudit.InstanceOffences).Select(FieldOf).Order(StringComparer.Ordinal)];

        Assert.Equal(
            "Careless.Settable, Careless._array, Careless._assignable, Careless._box, Careless._list, " +
            "Careless._map, Careless._nested, Careless._set, Careless._sorted",
            string.Join(", ", found));
    }

    [Fact]
    public void The_audit_accepts_cells_constants_and_arrays_of_cells()
        => Assert.Empty(StateAudit.InstanceOffences(typeof(Careful)));

    [Fact]
    public void The_audit_finds_static_fields_that_can_change()
    {
        string[] found = [.. StateAudit.StaticOffences(typeof(CarelessStatics))
            .Select(FieldOf).Order(StringComparer.Ordinal)];

        Assert.Equal(
            "CarelessStatics.Open, CarelessStatics.Settable, CarelessStatics.s_count, CarelessStatics.s_list",
            string.Join(", ", found));
    }

    private static void AssertNone(IEnumerable<string> offences, Dictionary<string, string> allowed)
        => Assert.DoesNotContain(offences, offence => !allowed.ContainsKey(FieldOf(offence)));

    private static string FieldOf(string offence) => offence[..offence.IndexOf(':', StringComparison.Ordinal)];

#pragma warning disable IDE0044, IDE0051, IDE0052, CA1823, CS0169, CS0414, RCS1169, RCS1213, RCS1170, CA1805
    private sealed class Careless(SimMachine machine) : MachineObject(machine, "careless")
    {
        private readonly List<int> _list = [];
        private readonly int[] _array = [1];
        private readonly Dictionary<int, int> _map = [];
        private readonly HashSet<int> _set = [];
        private readonly SortedDictionary<int, int> _sorted = [];
        private readonly object _box = 1;
        private readonly (int A, List<int> B) _nested = (1, []);
        private int _assignable = 1;

        private int Settable { get; set; }
    }

    private sealed class Careful : MachineObject
    {
        private readonly Shared<int> _cell;
        private readonly Guarded<int>[] _cells;
        private readonly MachineList<Careful> _list;
        private readonly string _name = "name";
        private readonly (int A, string B) _pair = (1, "two");
        private readonly Func<Cpu, Op> _routine = _ => Op.Done;
        private readonly Settings _settings = new() { Size = 1 };
        private readonly Careful? _next;
        private readonly WatchSet _watch = WatchSet.Empty;

        internal Careful(SimMachine machine)
            : base(machine, "careful")
        {
            _cell = new Shared<int>(this, "cell");
            _cells = [new Guarded<int>(this, "guarded", null)];
            _list = new MachineList<Careful>(this, "list", null);
        }

        private int Computed => 1;

        private sealed record Settings
        {
            internal required int Size { get; init; }
        }
    }

    private static class CarelessStatics
    {
        internal static readonly int[] Open = [1];
        private const int Constant = 1;
        private static readonly int[] s_table = [1, 2];
        private static readonly string s_name = "name";
        private static readonly List<int> s_list = [];
        private static int s_count = 1;

        private static int Settable { get; set; }
    }
#pragma warning restore IDE0044, IDE0051, IDE0052, CA1823, CS0169, CS0414, RCS1169, RCS1213, RCS1170, CA1805
}
