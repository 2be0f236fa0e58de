using System.Globalization;
using System.Runtime.CompilerServices;
using Sim.Machine.Processors;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>
/// Runs powerpc instructions of user mode. The registers of the task are taken when a slice begins and put back
/// when it ends, so nothing is kept between slices but decoded blocks. A block is used only while memory holds the
/// bytes that it was decoded from, so a write to code is seen at the next branch or isync, whoever makes it: each
/// slice compares a block once, and once more after every access that went the long way, as all writes to code do.
/// </summary>
/// <param name="is64">Whether the processor is a 64-bit one; it then runs programs of either width.</param>
/// <remarks>
/// One for each machine. A fault leaves everything as it was before the instruction, but for a load or store of
/// several words, which may be done in part.
/// </remarks>
public sealed partial class PowerPcInterpreter(bool is64 = true)
{
    private const int CacheSize = 1 << 14;
    private const int Sigill = 4;
    private const int Sigtrap = 5;
    private const int Sigbus = 7;
    private const int IllegalOpcode = 1;
    private const int PrivilegedOpcode = 5;
    private const int TrapBreakpoint = 1;
    private const int TrapTrace = 2;
    private const int BusAlignment = 1;

    private readonly bool _is64 = is64;
    private readonly PowerPcBlock?[] _cache = new PowerPcBlock?[CacheSize];
    private readonly Tlb _noTlb = new();
    private Cpu _cpu = null!;
    private IDirectMemory _memory = null!;
    private Tlb _tlb = null!;
    private long _trust;
    private Reservation _reservation;
    private ulong _next;
    private ulong _blockAddress;
    private ulong _behindBlock;
    private int _position;
    private CodeExitKind _stop;
    private AccessFault _fault;

    /// <summary>What mftb reads: it counts the instructions that this machine completes.</summary>
    public long TimeBase { get; set; }

    /// <summary>The last instruction that was undefined or is not supported, with its address; null when there was none.</summary>
    public string? Unsupported { get; private set; }

    /// <summary>Runs from the instruction pointer on.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="regs">The registers of the current task.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="most">How many instructions at most, not 0.</param>
    /// <param name="reservation">The processor's; to be dropped with any trap.</param>
    public CodeExit Run(
        Cpu cpu, RegisterFile regs, IDirectMemory memory, int most, ref Reservation reservation)
    {
        _cpu = cpu;
        _memory = memory;
        _tlb = memory.Tlb ?? _noTlb;
        _trust++;
        _reservation = reservation;
        _stop = CodeExitKind.Slice;
        _fault = default;
        Take(cpu, regs);
        bool steps = (_msr & (ulong)PowerPcMsr.Se) != 0;
        long before = TimeBase;
        RunSlice(steps ? 1 : most, (_msr & (ulong)PowerPcMsr.Be) != 0);
        if (_stop == CodeExitKind.Slice && steps)
        {
            _stop = CodeExitKind.Step;
        }

        if (_stop == CodeExitKind.Step)
        {
            _fault = new AccessFault(Sigtrap, TrapTrace, _ip);
        }
        else if (_stop == CodeExitKind.Undefined)
        {
            Unsupported = Name();
        }

        Put(cpu, regs);
        reservation = _reservation;
        _memory = null!;
        _tlb = null!;
        _cpu = null!;
        return new CodeExit(_stop, _fault, (int)(TimeBase - before));
    }

    /// <summary>The block at an address; null with a fault when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PowerPcBlock? BlockAt(ulong address)
    {
        PowerPcBlock? known = _cache[PlaceOf(address)];
        return known is not null && known.Address == address && known.Trust == _trust ? known : BlockInMemory(address);
    }

    private static int PlaceOf(ulong address) => (int)((address >> 2) ^ (address >> 16)) & (CacheSize - 1);

    private PowerPcBlock? BlockInMemory(ulong address)
    {
        AccessFault fault = _memory.Fetch(_cpu, address, out ReadOnlySpan<byte> code);
        if (fault.Signal != 0)
        {
            _ = Fault(fault);
            return null;
        }

        ref PowerPcBlock? place = ref _cache[PlaceOf(address)];
        if (place is not { } known || !known.IsOf(address, _isLittle, code))
        {
            known = PowerPcBlock.Decode(address, code, _isLittle, _is64);
            place = known;
        }

        known.Trust = _trust;
        return known;
    }

    /// <summary>The instruction that stopped the interpreter, for people.</summary>
    private string Name()
    {
        _memory.Fetch(_cpu, _ip, out ReadOnlySpan<byte> code);
        uint word = code.Length < 4 ? 0 : PowerPcBlock.WordAt(code, (_msr & (ulong)PowerPcMsr.Le) != 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"instruction 0x{word:x8} (opcode {word >> 26}, {(word >> 1) & 0x3ff}) at 0x{_ip:x}");
    }

    private bool Fault(AccessFault fault)
    {
        _stop = CodeExitKind.Fault;
        _fault = fault;
        return false;
    }

    private bool Undefined(int code = IllegalOpcode)
    {
        _stop = CodeExitKind.Undefined;
        _fault = new AccessFault(Sigill, code, _blockAddress + (4 * (ulong)_position));
        return false;
    }

    private bool Misaligned(ulong address) => Fault(new AccessFault(Sigbus, BusAlignment, address));

    private bool TrapInstruction()
        => Fault(new AccessFault(Sigtrap, TrapBreakpoint, Narrow(_blockAddress + (4 * (ulong)_position))));

    /// <summary>An address as this mode has it.</summary>
    private ulong Narrow(ulong address) => _isWide ? address : (uint)address;
}
