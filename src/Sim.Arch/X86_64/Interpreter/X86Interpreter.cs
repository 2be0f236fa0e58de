using Iced.Intel;
using Sim.Machine.Processors;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>
/// Runs x86_64 instructions of user mode; Iced decodes them. The registers of the task are taken when a slice
/// begins and put back when it ends, so nothing is kept between slices but decoded blocks. A block is used
/// only while memory holds the bytes that it was decoded from, so any write to code is seen, whoever makes it: each
/// slice compares a block once, and once more after every access that went the long way, as all writes to code do.
/// </summary>
/// <remarks>For machines in direct mode; one for each machine.</remarks>
public sealed partial class X86Interpreter
{
    private const int CacheSize = 1 << 14;
    private const int Sigill = 4;
    private const int Sigtrap = 5;
    private const int Sigbus = 7;
    private const int Sigfpe = 8;
    private const int Sigsegv = 11;
    private const int SiKernel = 0x80;
    private readonly X86Block?[] _cache = new X86Block?[CacheSize];
    private readonly byte[] _crossing = new byte[15];
    private readonly Tlb _noTlb = new();
    private Cpu _cpu = null!;
    private IDirectMemory _memory = null!;
    private Tlb _tlb = null!;
    private long _trust;
    private ulong _ip;
    private ulong _next;
    private X86Fault? _fault;
    private bool _isGeneral;
    private ulong _blockStart;
    private ulong _blockEnd;
    private bool _codeWritten;
    private bool _leavesBlock;
    private bool _traps;

    /// <summary>Instructions executed by this machine: what rdtsc counts.</summary>
    public long Executed { get; set; }

    /// <summary>The last instruction that was undefined or is not supported, with its address; null when there was none.</summary>
    public string? Unsupported { get; private set; }

    /// <summary>Runs from the instruction pointer on.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="regs">The registers of the current task.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="most">How many instructions at most.</param>
    public X86Exit Run(Cpu cpu, RegisterFile regs, IDirectMemory memory, int most)
    {
        _cpu = cpu;
        _memory = memory;
        _tlb = memory.Tlb ?? _noTlb;
        _trust++;
        _isGeneral = false;
        Take(cpu, regs);
        X86Exit exit;
        try
        {
            exit = RunSlice(most);
            if (exit.Kind == X86ExitKind.Slice && _traps)
            {
                exit = Trap(Sigtrap, 2, 1);
            }
        }
        catch (X86Fault fault)
        {
            // Memory and other registers are written when nothing can fail any more; a frequent instruction writes all then.
            if (_isGeneral)
            {
                _flags = _flagsBefore;
                _g[4] = _stackBefore;
            }

            if (fault.TrapNo == 6)
            {
                Unsupported = Name();
            }

            X86ExitKind kind = fault.TrapNo == 6 ? X86ExitKind.Undefined : X86ExitKind.Fault;
            exit = new X86Exit(kind, fault.Fault, fault.TrapNo);
        }

        SettleFlags();
        Put(cpu, regs);
        if (exit.Kind is X86ExitKind.Fault or X86ExitKind.Undefined)
        {
            regs.Set(cpu, X86Registers.TrapNo, (ulong)exit.TrapNo);
            regs.Set(cpu, X86Registers.Cr2, exit.TrapNo == 14 ? exit.Fault.Address : regs.Get(cpu, X86Registers.Cr2));
        }

        _memory = null!;
        _tlb = null!;
        _fault = null;
        _cpu = null!;
        return exit;
    }

    private X86Exit Trap(int signal, int code, int number)
        => new(X86ExitKind.Fault, new AccessFault(signal, code, _ip), number);

    private static int PlaceOf(ulong address) => (int)(address ^ (address >> 14)) & (CacheSize - 1);

    /// <summary>A block that memory holds now.</summary>
    private X86Block BlockInMemory(ulong address)
    {
        AccessFault fault = _memory.Fetch(_cpu, address, out ReadOnlySpan<byte> code);
        if (fault.Signal != 0)
        {
            throw new X86Fault(fault, 14);
        }

        ref X86Block? place = ref _cache[PlaceOf(address)];
        if (place is not { } known || known.Address != address || !code.StartsWith(known.Bytes))
        {
            known = X86Block.Decode(address, code);
            known = known.Instructions.Length == 0 ? Crossing(address, code) : known;
            place = known;
        }

        known.Trust = _trust;
        return known;
    }

    /// <summary>An instruction that goes on in the next page.</summary>
    private X86Block Crossing(ulong address, ReadOnlySpan<byte> first)
    {
        first.CopyTo(_crossing);
        int length = first.Length;
        AccessFault fault = _memory.Fetch(_cpu, address + (ulong)length, out ReadOnlySpan<byte> second);
        if (fault.Signal != 0)
        {
            throw new X86Fault(fault, 14);
        }

        second[..(_crossing.Length - length)].CopyTo(_crossing.AsSpan(length));
        X86Block block = X86Block.Decode(address, _crossing);
        return block.Instructions.Length == 0
            ? throw Undefined()
            : new X86Block(address, _crossing[..block.Instructions[0].Length], block.Instructions[..1]);
    }

    private string Name()
    {
        _memory.Fetch(_cpu, _ip, out ReadOnlySpan<byte> code);
        var decoder = Decoder.Create(64, code[..Math.Min(15, code.Length)].ToArray(), _ip);
        return FormattableString.Invariant($"{decoder.Decode()} at 0x{_ip:x}");
    }

    private X86Fault Undefined() => new(new AccessFault(Sigill, 2, _ip), 6);

    private X86Fault DivideError() => new(new AccessFault(Sigfpe, 1, _ip), 0);

    private static X86Fault GeneralProtection() => new(new AccessFault(Sigsegv, SiKernel, 0), 13);
}
