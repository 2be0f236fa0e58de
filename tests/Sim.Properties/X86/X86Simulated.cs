using System.Buffers.Binary;
using Sim.Arch;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Properties.X86;

/// <summary>The interpreter, with the memory that <c>step.c</c> has.</summary>
internal sealed class X86Simulated
{
    private static readonly int[] s_places =
    [
        X86Registers.Ax, X86Registers.Cx, X86Registers.Dx, X86Registers.Bx, X86Registers.Sp, X86Registers.Bp,
        X86Registers.Si, X86Registers.Di, X86Registers.R8, X86Registers.R9, X86Registers.R10, X86Registers.R11,
        X86Registers.R12, X86Registers.R13, X86Registers.R14, X86Registers.R15, X86Registers.Ip, X86Registers.Flags,
    ];

    private readonly X86Interpreter _interpreter = new();
    private readonly RegisterFile _registers;
    private readonly FlatMemory _memory = new();
    private readonly Cpu _cpu;

    internal X86Simulated()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        _cpu = machine.Spawn("idle", _ => Op.Done).Cpu;
        _registers = new RegisterFile(machine, "regs", X86Registers.Count);
        _registers.Set(_cpu, X86Registers.GsBase, X86Places.GsBase);
    }

    /// <summary>Lays out code and memory of a case and its registers.</summary>
    internal void Begin(X86Case one, bool traps)
    {
        _memory.Begin(one);
        X86State state = one.State.Copy();
        state[X86State.Flags] |= traps ? (ulong)X86Flags.Tf : 0;
        Put(state);
    }

    internal void Put(X86State state)
    {
        for (int i = 0; i < s_places.Length; i++)
        {
            _registers.Set(_cpu, s_places[i], state[i]);
        }

        for (int i = 0; i < 32; i++)
        {
            _registers.Set(_cpu, X86Registers.FxSave + 20 + i, state[X86State.Xmm + i]);
        }

        _registers.Set(_cpu, X86Registers.UsedMath, 1);
        _registers.Set(_cpu, X86Registers.FxSave, 0x37f);
        _registers.Set(_cpu, X86Registers.FxSave + 3, state[X86State.Mxcsr]);
    }

    /// <summary>As after execve(): floating point has not been used, and there is no image of it.</summary>
    internal void ForgetFloat() => X86Fpu.Forget(_cpu, _registers);

    /// <summary>The first words of the FXSAVE image: control word and MXCSR are in them.</summary>
    internal ulong[] FloatImage() => [.. Enumerable.Range(0, 4).Select(word => _registers.Get(_cpu, X86Registers.FxSave + word))];

    /// <summary>Runs as many instructions.</summary>
    internal X86Outcome Run(int most)
    {
        X86Exit exit = _interpreter.Run(_cpu, _registers, _memory, most);
        var state = new X86State();
        for (int i = 0; i < s_places.Length; i++)
        {
            state[i] = _registers.Get(_cpu, s_places[i]);
        }

        for (int i = 0; i < 32; i++)
        {
            state[X86State.Xmm + i] = _registers.Get(_cpu, X86Registers.FxSave + 20 + i);
        }

        state[X86State.Mxcsr] = (uint)_registers.Get(_cpu, X86Registers.FxSave + 3);
        return new X86Outcome(
            state, exit.Fault.Signal, exit.Fault.Code, exit.Fault.Address, exit.TrapNo, _memory.Sum(), _memory.Window());
    }

    /// <summary>A page of code, one to write and one to read.</summary>
    private sealed class FlatMemory : IDirectMemory
    {
        private const int SegvMapErr = 1;
        private const int SegvAccErr = 2;
        private const int SiKernel = 0x80;
        private readonly byte[] _clean = new byte[X86Places.Page];
        private readonly byte[] _code = new byte[X86Places.Page];
        private readonly byte[] _data = new byte[2 * X86Places.Page];

        internal FlatMemory()
        {
            for (int i = 0; i < _clean.Length; i++)
            {
                _clean[i] = (byte)((i * 7) + (i >> 8));
            }

            _clean.CopyTo(_data, X86Places.Page);
        }

        internal void Begin(X86Case one)
        {
            Array.Clear(_code);
            one.Code.CopyTo(_code, (int)(X86Places.Entry - X86Places.Code));
            _clean.CopyTo(_data, 0);
            one.Window.CopyTo(_data, X86Places.Page - X86Places.WindowSize);
        }

        internal byte[] Window() => _data[(X86Places.Page - X86Places.WindowSize)..X86Places.Page];

        internal ulong Sum()
        {
            ulong sum = 0xcbf29ce484222325;
            for (int i = 0; i < X86Places.Page; i += 8)
            {
                sum = (sum ^ BinaryPrimitives.ReadUInt64LittleEndian(_data.AsSpan(i))) * 0x100000001b3;
            }

            return sum;
        }

        public AccessFault Load(Cpu cpu, ulong address, int size, ulong sp, out ulong value)
        {
            value = 0;
            AccessFault fault = Reach(address, size, isWrite: false, out Span<byte> bytes);
            for (int i = bytes.Length - 1; i >= 0; i--)
            {
                value = (value << 8) | bytes[i];
            }

            return fault;
        }

        public AccessFault CompareAndStore(
            Cpu cpu, ulong address, int size, ulong sp, ulong expected, ulong value, out bool stored)
            => throw new NotSupportedException("x86 has no conditional store");

        public AccessFault Store(Cpu cpu, ulong address, int size, ulong sp, ulong value)
        {
            AccessFault fault = Reach(address, size, isWrite: true, out Span<byte> bytes);
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(value >> (8 * i));
            }

            return fault;
        }

        public AccessFault Fetch(Cpu cpu, ulong address, out ReadOnlySpan<byte> code)
        {
            code = default;
            if ((ulong)((long)(address << 16) >> 16) != address)
            {
                return new AccessFault(11, SiKernel, 0);
            }

            if (address - X86Places.Code >= X86Places.Page)
            {
                return new AccessFault(11, address - X86Places.Data < 2 * X86Places.Page ? SegvAccErr : SegvMapErr, address);
            }

            code = _code.AsSpan((int)(address - X86Places.Code));
            return default;
        }

        private AccessFault Reach(ulong address, int size, bool isWrite, out Span<byte> bytes)
        {
            bytes = default;
            ulong last = address + (ulong)size - 1;
            if ((ulong)((long)(address << 16) >> 16) != address || (ulong)((long)(last << 16) >> 16) != last)
            {
                return new AccessFault(11, SiKernel, 0);
            }

            AccessFault fault = Check(address, isWrite);
            if (fault.Signal == 0 && (last ^ address) >= X86Places.Page)
            {
                fault = Check(last & ~(ulong)(X86Places.Page - 1), isWrite);
            }

            if (fault.Signal == 0)
            {
                bytes = address >= X86Places.Data
                    ? _data.AsSpan((int)(address - X86Places.Data), size)
                    : _code.AsSpan((int)(address - X86Places.Code), size);
            }

            return fault;
        }

        private static AccessFault Check(ulong address, bool isWrite)
        {
            bool mapped = address - X86Places.Code < X86Places.Page || address - X86Places.Data < 2 * X86Places.Page;
            bool denied = isWrite && address - X86Places.Data - X86Places.Page < X86Places.Page;
            return !mapped ? new AccessFault(11, SegvMapErr, address)
                : denied ? new AccessFault(11, SegvAccErr, address)
                : default;
        }
    }
}
