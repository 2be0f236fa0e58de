using System.Buffers.Binary;
using Sim.Arch;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Explore;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Loading;
using Sim.Kernel.Memory;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Properties.X86;

/// <summary>
/// Files and code that nobody wrote: a program ends or is refused in one line, and nothing else comes out.
/// SIM_SEED and SIM_TESTS ask for other and more of them.
/// </summary>
public sealed class X86FuzzTests
{
    private const int HeaderSize = 120;
    private const ulong Address = 0x40_0000;

    [Fact]
    public void Random_bytes_as_code_end_in_a_fault_or_go_on()
    {
        int seed = Asked.Seed(21);
        for (int i = 0; i < Asked.Tests(30_000); i++)
        {
            var random = new Prng((ulong)(seed + i));
            var simulated = new X86Simulated();
            var state = new X86State();
            for (int word = 0; word < X86State.Words; word++)
            {
                state[word] = random.Below(3) == 0 ? random.Next() : X86Places.Window + (ulong)random.Below(X86Places.WindowSize);
            }

            state[X86State.Ip] = X86Places.Entry;
            state[X86State.Flags] = 0x202 | (random.Next() & 0xcd5);
            state[X86State.Mxcsr] = random.Next() & 0xffff;
            byte[] code = Code(random, X86Places.CodeSize);

            simulated.Begin(new X86Case(state, code, new byte[X86Places.WindowSize], 0), traps: false);
            for (int part = 0; part < 20; part++)
            {
                X86Outcome outcome = simulated.Run(50);
                Assert.True(outcome.Signal is 0 or 4 or 5 or 7 or 8 or 11, $"seed {seed + i}: signal {outcome.Signal}");
            }
        }
    }

    [Fact]
    public void A_changed_file_is_refused_in_one_line_or_runs_to_an_end()
    {
        int seed = Asked.Seed(31);
        int ran = 0;
        int refused = 0;
        for (int i = 0; i < Asked.Tests(4_000); i++)
        {
            byte[] file = File(new Prng((ulong)(seed + i)));
            if (!ElfImage.TryRead(Bytes.Of(file), out ElfImage? image, out string? problem))
            {
                Assert.False(string.IsNullOrEmpty(problem) || problem.Contains('\n', StringComparison.Ordinal));
                refused++;
            }
            else if (image.Machine == ElfImage.MachineX8664 && image.WordSize == 8 && !image.IsBigEndian)
            {
                RunToTheEnd(image, (ulong)(seed + i));
                ran++;
            }
        }

        Assert.True(ran > 0 && refused > 0);
    }

    private static void RunToTheEnd(ElfImage image, ulong seed)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var kernel = new LinuxKernel(machine, null, new KernelOptions { Architecture = new X86Architecture(), Seed = seed });
        var program = new ElfProgram(image, new ShortCode(new X86Interpreter()), Bytes.Of("a"u8.ToArray()), [Bytes.Of("a"u8.ToArray())], []);
        kernel.MakeProcess("a", null, program);

        kernel.Clock.Run();

        Assert.Null(machine.Violation);
    }

    /// <summary>A file of one segment that exits, or with other code, and with bits of its headers changed.</summary>
    private static byte[] File(Prng random)
    {
        byte[] file = new byte[HeaderSize + 64];
        byte[] header = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        header.CopyTo(file, 0);
        void Half(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void Word(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
        Half(16, (ushort)(2 + random.Below(2)));
        Half(18, 62);
        Half(20, 1);
        Word(24, Address + HeaderSize);
        Word(32, 64);
        Half(52, 64);
        Half(54, 56);
        Half(56, 1);
        Half(64, 1);
        Half(68, 7);
        Word(80, Address);
        Word(88, Address);
        Word(96, (ulong)file.Length);
        Word(104, (ulong)(file.Length + random.Below(20_000)));
        Word(112, 0x1000);
        byte[] exit = [0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05];
        (random.Below(4) == 0 ? exit : Code(random, 64)).CopyTo(file, HeaderSize);
        for (int flips = random.Below(4) * random.Below(4); flips > 0; flips--)
        {
            int at = random.Below(3) == 0 ? 24 + random.Below(HeaderSize - 24) : random.Below(2) == 0 ? 4 + random.Below(20) : 64 + random.Below(56);
            file[at] ^= (byte)(random.Below(4) == 0 ? random.Below(256) : 1 << random.Below(8));
        }

        return random.Below(8) == 0 ? file[..random.Below(file.Length)] : file;
    }

    /// <summary>Random bytes, and among them instructions of every form and system calls with small numbers.</summary>
    private static byte[] Code(Prng random, int length)
    {
        byte[] code = new byte[length];
        Span<byte> one = stackalloc byte[40];
        for (int at = 0; at < length;)
        {
            int kind = random.Below(8);
            int size = 1;
            if (kind == 0)
            {
                one[0] = (byte)random.Below(256);
            }
            else if (kind == 1)
            {
                // mov eax,number; syscall
                byte[] call = [0xb8, (byte)random.Below(256), (byte)random.Below(2), 0, 0, 0x0f, 0x05];
                call.CopyTo(one);
                size = call.Length;
            }
            else
            {
                size = Math.Min(8, X86Encoding.Encode(random, X86Forms.All[random.Below(X86Forms.All.Count)], random.Below(2) == 0, one) - 12);
            }

            size = Math.Clamp(size, 1, length - at);
            one[..size].CopyTo(code.AsSpan(at));
            at += size;
        }

        return code;
    }

    /// <summary>Machine code that is killed after some instructions and system calls.</summary>
    [Immutable]
    private sealed class ShortCode(X86Interpreter interpreter) : IUserCode
    {
        private const int Most = 20_000;
        private const int Calls = 60;
        private readonly Count _left = new();

        public async Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory)
        {
            X86Exit exit = interpreter.Run(cpu, regs, (IDirectMemory)memory, 1000);
            _left.Used += Most / Calls;
            if (_left.Used > Most)
            {
                regs.Set(cpu, X86Registers.Ip, 0);
                regs.Set(cpu, X86Registers.Sp, 0);
                return new UserTrap(UserTrapKind.Fault, new SigInfo(Signals.SIGSEGV, 1));
            }

            if (exit.Kind == X86ExitKind.Slice)
            {
                await cpu.Yield();
                return new UserTrap(UserTrapKind.Interrupt);
            }

            return exit.Kind == X86ExitKind.Syscall
                ? new UserTrap(UserTrapKind.Syscall)
                : new UserTrap(UserTrapKind.Fault, new SigInfo(exit.Fault.Signal, exit.Fault.Code) { Address = exit.Fault.Address });
        }

        private sealed class Count
        {
            internal int Used { get; set; }
        }
    }
}
