using System.Buffers.Binary;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Properties.PowerPc;

/// <summary>The interpreter, with the memory that <c>step.c</c> has.</summary>
internal sealed class PowerPcSimulated
{
    private readonly PowerPcInterpreter _interpreter = new();
    private readonly RegisterFile _registers;
    private readonly FlatMemory _memory = new();
    private readonly Cpu _cpu;

    internal PowerPcSimulated()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        _cpu = machine.Spawn("idle", _ => Op.Done).Cpu;
        _registers = PowerPcArchitecture.Ppc64().NewRegisters(machine, "regs");
    }

    /// <summary>Runs a case to its first trap, and no more than some instructions.</summary>
    internal PowerPcOutcome Run(PowerPcCase one, int most, PowerPcMsr msr = PowerPcMsr.Sf)
    {
        _memory.Begin(one);
        for (int i = 0; i < 32; i++)
        {
            _registers.Set(_cpu, PowerPcRegisters.Gpr + i, one.State[i]);
            _registers.Set(_cpu, PowerPcRegisters.Fpr + i, one.State[PowerPcState.Float + i]);
        }

        _registers.Set(_cpu, PowerPcRegisters.Ccr, one.State[PowerPcState.Cr]);
        _registers.Set(_cpu, PowerPcRegisters.Xer, one.State[PowerPcState.Xer]);
        _registers.Set(_cpu, PowerPcRegisters.Ctr, one.State[PowerPcState.Ctr]);
        _registers.Set(_cpu, PowerPcRegisters.Link, one.State[PowerPcState.Link]);
        _registers.Set(_cpu, PowerPcRegisters.Nip, PowerPcPlaces.Entry);
        _registers.Set(_cpu, PowerPcRegisters.Msr, (ulong)msr);
        _registers.Set(_cpu, PowerPcRegisters.Fpscr, 0);
        Reservation reservation = default;
        CodeExit exit = _interpreter.Run(_cpu, _registers, _memory, most, ref reservation);
        ulong[] state = new ulong[PowerPcState.Words];
        for (int i = 0; i < 32; i++)
        {
            state[i] = _registers.Get(_cpu, PowerPcRegisters.Gpr + i);
            state[PowerPcState.Float + i] = _registers.Get(_cpu, PowerPcRegisters.Fpr + i);
        }

        state[PowerPcState.Cr] = _registers.Get(_cpu, PowerPcRegisters.Ccr);
        state[PowerPcState.Xer] = _registers.Get(_cpu, PowerPcRegisters.Xer);
        state[PowerPcState.Ctr] = _registers.Get(_cpu, PowerPcRegisters.Ctr);
        state[PowerPcState.Link] = _registers.Get(_cpu, PowerPcRegisters.Link);
        return new PowerPcOutcome(
            state,
            _registers.Get(_cpu, PowerPcRegisters.Nip),
            (uint)_registers.Get(_cpu, PowerPcRegisters.Fpscr),
            exit.Fault.Signal,
            exit.Fault.Code,
            exit.Fault.Address,
            _memory.Sum(),
            _memory.Window());
    }

    /// <summary>A page of code and one of data.</summary>
    private sealed class FlatMemory : IDirectMemory
    {
        private const int SegvMapErr = 1;
        private const int SegvAccErr = 2;
        private readonly byte[] _code = new byte[PowerPcPlaces.Page];
        private readonly byte[] _data = new byte[PowerPcPlaces.Page];

        internal FlatMemory()
        {
            for (int i = 0; i < _code.Length; i += 4)
            {
                BinaryPrimitives.WriteUInt32BigEndian(_code.AsSpan(i), PowerPcPlaces.Trap);
            }
        }

        private static int WindowAt => (int)(PowerPcPlaces.Window - PowerPcPlaces.Data);

        internal void Begin(PowerPcCase one)
        {
            for (int i = 0; i < PowerPcPlaces.CodeWords; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(
                    _code.AsSpan((int)(PowerPcPlaces.Entry - PowerPcPlaces.Code) + (4 * i)), one.WordAt(i));
            }

            Array.Clear(_data);
            for (int i = 0; i < PowerPcPlaces.WindowWords; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_data.AsSpan(WindowAt + (8 * i)), one.Window[i]);
            }
        }

        internal ulong[] Window()
            => [.. Enumerable.Range(0, PowerPcPlaces.WindowWords).Select(i => BinaryPrimitives.ReadUInt64BigEndian(_data.AsSpan(WindowAt + (8 * i))))];

        internal ulong Sum()
        {
            ulong sum = 0;
            for (int i = 0; i < _data.Length; i += 8)
            {
                sum = (sum * 31) + BinaryPrimitives.ReadUInt64BigEndian(_data.AsSpan(i));
            }

            return sum;
        }

        public AccessFault Load(Cpu cpu, ulong address, int size, ulong sp, out ulong value)
        {
            value = 0;
            AccessFault fault = Reach(address, size, out Span<byte> bytes);
            for (int i = bytes.Length - 1; i >= 0; i--)
            {
                value = (value << 8) | bytes[i];
            }

            return fault;
        }

        public AccessFault Store(Cpu cpu, ulong address, int size, ulong sp, ulong value)
        {
            AccessFault fault = Reach(address, size, out Span<byte> bytes);
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(value >> (8 * i));
            }

            return fault;
        }

        public AccessFault CompareAndStore(
            Cpu cpu, ulong address, int size, ulong sp, ulong expected, ulong value, out bool stored)
        {
            AccessFault fault = Load(cpu, address, size, sp, out ulong found);
            stored = fault.Signal == 0 && found == expected;
            return stored ? Store(cpu, address, size, sp, value) : fault;
        }

        public AccessFault Fetch(Cpu cpu, ulong address, out ReadOnlySpan<byte> code)
        {
            bool isHere = address - PowerPcPlaces.Code < PowerPcPlaces.Page;
            code = isHere ? _code.AsSpan((int)(address - PowerPcPlaces.Code)) : default;
            return isHere ? default
                : new AccessFault(11, address - PowerPcPlaces.Data < PowerPcPlaces.Page ? SegvAccErr : SegvMapErr, address);
        }

        private AccessFault Reach(ulong address, int size, out Span<byte> bytes)
        {
            bytes = default;
            byte[]? page = address - PowerPcPlaces.Data < PowerPcPlaces.Page ? _data
                : address - PowerPcPlaces.Code < PowerPcPlaces.Page ? _code
                : null;
            if (page is null)
            {
                return new AccessFault(11, SegvMapErr, address);
            }

            int offset = (int)(address & (PowerPcPlaces.Page - 1));
            if (offset + size > page.Length)
            {
                return new AccessFault(11, SegvMapErr, (address | (PowerPcPlaces.Page - 1)) + 1);
            }

            bytes = page.AsSpan(offset, size);
            return default;
        }
    }
}
