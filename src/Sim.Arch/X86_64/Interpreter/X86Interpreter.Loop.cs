using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>The loop over instructions: frequent ones are executed here, the others as Iced describes them.</summary>
public sealed partial class X86Interpreter
{
#pragma warning disable MA0051, IDE0010 // one case for each operation, in one loop
    private X86Exit RunSlice(int most)
    {
        ref ulong g = ref MemoryMarshal.GetArrayDataReference(_g);
        while (most > 0)
        {
            // The flag itself is never put off.
            _traps = (_flags & Tf) != 0;
            most = _traps ? 1 : most;
            X86Block? block = _cache[PlaceOf(_ip)];
            if (block is null || block.Address != _ip || block.Trust != _trust)
            {
                block = BlockInMemory(_ip);
            }

            X86Op[] ops = block.Ops;
            int count = Math.Min(ops.Length, most);
            ulong next = count < ops.Length ? block.Instructions[count].IP : block.End;
            _blockStart = block.Address;
            _blockEnd = block.End;
            _codeWritten = false;
            _leavesBlock = false;
            int i = 0;
            for (; i < count; i++)
            {
                ref readonly X86Op op = ref ops[i];
                ulong left;
                ulong right;
                ulong result;
                switch (op.Kind)
                {
                    case X86OpKind.Nothing:
                        break;
                    case X86OpKind.Move:
                        Unsafe.Add(ref g, op.Target) = (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        break;
                    case X86OpKind.Load:
                        if (!Read(in op, AddressOf(ref g, in op), op.Size, out result))
                        {
                            goto fault;
                        }

                        Unsafe.Add(ref g, op.Target) = result;
                        break;
                    case X86OpKind.LoadSigned:
                        if (!Read(in op, AddressOf(ref g, in op), op.Size, out result))
                        {
                            goto fault;
                        }

                        Unsafe.Add(ref g, op.Target) = SignExtend(result, op.Size) & op.Mask;
                        break;
                    case X86OpKind.Extend:
                        Unsafe.Add(ref g, op.Target) = Unsafe.Add(ref g, op.Source) & Mask(op.Size);
                        break;
                    case X86OpKind.ExtendSigned:
                        Unsafe.Add(ref g, op.Target) = SignExtend(Unsafe.Add(ref g, op.Source), op.Size) & op.Mask;
                        break;
                    case X86OpKind.Store:
                        if (!Write(in op, AddressOf(ref g, in op), op.Size, Unsafe.Add(ref g, op.Source) + op.Constant))
                        {
                            goto fault;
                        }

                        if (_leavesBlock)
                        {
                            goto written;
                        }

                        break;
                    case X86OpKind.Lea:
                        Unsafe.Add(ref g, op.Target) = AddressOf(ref g, in op) & op.Mask;
                        break;
                    case X86OpKind.Add:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        right = (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        result = (left + right) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = result;
                        KeepFlags(X86OpKind.Add, left, right, result, op.Size);
                        break;
                    case X86OpKind.Subtract:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        right = (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        result = (left - right) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = result;
                        KeepFlags(X86OpKind.Subtract, left, right, result, op.Size);
                        break;
                    case X86OpKind.Compare:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        right = (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        KeepFlags(X86OpKind.Subtract, left, right, (left - right) & op.Mask, op.Size);
                        break;
                    case X86OpKind.And:
                        result = Unsafe.Add(ref g, op.Target) & (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = result;
                        KeepFlags(X86OpKind.And, 0, 0, result, op.Size);
                        break;
                    case X86OpKind.Or:
                        result = (Unsafe.Add(ref g, op.Target) | (Unsafe.Add(ref g, op.Source) + op.Constant)) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = result;
                        KeepFlags(X86OpKind.And, 0, 0, result, op.Size);
                        break;
                    case X86OpKind.Xor:
                        result = (Unsafe.Add(ref g, op.Target) ^ (Unsafe.Add(ref g, op.Source) + op.Constant)) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = result;
                        KeepFlags(X86OpKind.And, 0, 0, result, op.Size);
                        break;
                    case X86OpKind.Test:
                        result = Unsafe.Add(ref g, op.Target) & (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        KeepFlags(X86OpKind.And, 0, 0, result, op.Size);
                        break;
                    case X86OpKind.ShiftLeft:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = (left << (int)op.Constant) & op.Mask;
                        KeepFlags(X86OpKind.ShiftLeft, left, op.Constant, 0, op.Size);
                        break;
                    case X86OpKind.ShiftRight:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = left >> (int)op.Constant;
                        KeepFlags(X86OpKind.ShiftRight, left, op.Constant, 0, op.Size);
                        break;
                    case X86OpKind.ShiftRightAlgebraic:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = (ulong)((long)SignExtend(left, op.Size) >> (int)op.Constant) & op.Mask;
                        KeepFlags(X86OpKind.ShiftRightAlgebraic, left, op.Constant, 0, op.Size);
                        break;
                    case X86OpKind.Multiply:
                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        right = Unsafe.Add(ref g, op.Source) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = (left * right) & op.Mask;
                        KeepFlags(X86OpKind.Multiply, left, right, 0, op.Size);
                        break;
                    case X86OpKind.MultiplyFromMemory:
                        if (!Read(in op, AddressOf(ref g, in op), op.Size, out right))
                        {
                            goto fault;
                        }

                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        Unsafe.Add(ref g, op.Target) = (left * right) & op.Mask;
                        KeepFlags(X86OpKind.Multiply, left, right, 0, op.Size);
                        break;
                    case X86OpKind.FromMemory:
                        if (!Read(in op, AddressOf(ref g, in op), op.Size, out right))
                        {
                            goto fault;
                        }

                        left = Unsafe.Add(ref g, op.Target) & op.Mask;
                        result = Combined(in op, left, right);
                        KeepFlags(FlagsOf(op.Arithmetic), left, right, result, op.Size);
                        if (op.Arithmetic < X86OpKind.Compare)
                        {
                            Unsafe.Add(ref g, op.Target) = result;
                        }

                        break;
                    case X86OpKind.MemoryAlone:
                        if (!Read(in op, AddressOf(ref g, in op), op.Size, out left))
                        {
                            goto fault;
                        }

                        right = (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        KeepFlags(FlagsOf(op.Arithmetic), left, right, Combined(in op, left, right), op.Size);
                        break;
                    case X86OpKind.ToMemory:
                        ulong address = AddressOf(ref g, in op);
                        if (!ReadToWrite(in op, address, op.Size, out left))
                        {
                            goto fault;
                        }

                        right = (Unsafe.Add(ref g, op.Source) + op.Constant) & op.Mask;
                        result = Combined(in op, left, right);
                        if (!Write(in op, address, op.Size, result))
                        {
                            goto fault;
                        }

                        KeepFlags(FlagsOf(op.Arithmetic), left, right, result, op.Size);
                        if (_leavesBlock)
                        {
                            goto written;
                        }

                        break;
                    case X86OpKind.Set:
                        Unsafe.Add(ref g, op.Target) = (Unsafe.Add(ref g, op.Target) & ~0xffUL) | (Meets(op.Condition) ? 1UL : 0);
                        break;
                    case X86OpKind.ConditionalMove:
                        Unsafe.Add(ref g, op.Target) = (Meets(op.Condition)
                            ? Unsafe.Add(ref g, op.Source) : Unsafe.Add(ref g, op.Target)) & op.Mask;
                        break;
                    case X86OpKind.Push:
                        if (!Write(in op, Unsafe.Add(ref g, 4) - 8, 8, Unsafe.Add(ref g, op.Source) + op.Constant))
                        {
                            goto fault;
                        }

                        Unsafe.Add(ref g, 4) -= 8;
                        if (_leavesBlock)
                        {
                            goto written;
                        }

                        break;
                    case X86OpKind.Pop:
                        if (!Read(in op, Unsafe.Add(ref g, 4), 8, out result))
                        {
                            goto fault;
                        }

                        Unsafe.Add(ref g, 4) += 8;
                        Unsafe.Add(ref g, op.Target) = result;
                        break;
                    case X86OpKind.Branch:
                        next = Meets(op.Condition) ? op.Constant : next;
                        break;
                    case X86OpKind.Jump:
                        next = op.Constant;
                        break;
                    case X86OpKind.Call:
                        if (!Write(in op, Unsafe.Add(ref g, 4) - 8, 8, op.Displacement))
                        {
                            goto fault;
                        }

                        Unsafe.Add(ref g, 4) -= 8;
                        next = op.Constant;
                        break;
                    case X86OpKind.Return:
                        if (!Read(in op, Unsafe.Add(ref g, 4), 8, out result))
                        {
                            goto fault;
                        }

                        if (!IsCanonical(result))
                        {
                            _fault = GeneralProtection();
                            goto fault;
                        }

                        Unsafe.Add(ref g, 4) += 8;
                        next = result;
                        break;
                    default:
                        ref readonly Instruction instruction = ref block.Instructions[i];
                        BeginGeneral(in instruction, i);
                        if (instruction.Mnemonic is Mnemonic.Syscall or Mnemonic.Int3)
                        {
                            return Leave(instruction.Mnemonic == Mnemonic.Syscall);
                        }

                        Execute(in instruction);
                        _isGeneral = false;
                        Executed -= i;
                        if (_next != instruction.NextIP || _leavesBlock || (_flags & Tf) != 0)
                        {
                            next = _next;
                            i++;
                            goto leave;
                        }

                        break;
                }

                continue;

            fault:
                _ip = block.Instructions[i].IP;
                Executed += i;
                throw _fault!;

            written:
                i++;
                next = block.Instructions[i - 1].NextIP;
                goto leave;
            }

        leave:
            Executed += i;
            most -= i;
            _ip = next;
        }

        return new X86Exit(X86ExitKind.Slice);
    }
#pragma warning restore MA0051, IDE0010

    private void BeginGeneral(in Instruction instruction, int position)
    {
        SettleFlags();
        Executed += position;
        _ip = instruction.IP;
        _next = instruction.NextIP;
        _flagsBefore = _flags;
        _stackBefore = _g[4];
        _stack = false;
        _isGeneral = true;
    }

    /// <summary>A system call or breakpoint.</summary>
    private X86Exit Leave(bool isCall)
    {
        _isGeneral = false;
        _ip = _next;
        if (!isCall)
        {
            return Trap(Sigtrap, SiKernel, 3);
        }

        _g[1] = _ip;
        _g[11] = _flags;
        Executed++;
        return new X86Exit(X86ExitKind.Syscall);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddressOf(ref ulong g, in X86Op op)
        => Unsafe.Add(ref g, op.Base) + (Unsafe.Add(ref g, op.Index) << op.Scale) + op.Displacement;

    /// <summary>What is computed with a memory operand.</summary>
    private static ulong Combined(in X86Op op, ulong left, ulong right) => op.Mask & op.Arithmetic switch
    {
        X86OpKind.Add => left + right,
        X86OpKind.Subtract or X86OpKind.Compare => left - right,
        X86OpKind.Or => left | right,
        X86OpKind.Xor => left ^ right,
        _ => left & right,
    };

    private static X86OpKind FlagsOf(X86OpKind arithmetic) => arithmetic switch
    {
        X86OpKind.Add => X86OpKind.Add,
        X86OpKind.Subtract or X86OpKind.Compare => X86OpKind.Subtract,
        _ => X86OpKind.And,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Read(in X86Op op, ulong address, int size, out ulong value)
        => _tlb.TryRead(address, size, out value) || ReadTheLongWay(in op, address, size, out value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Write(in X86Op op, ulong address, int size, ulong value)
        => _tlb.TryWrite(address, size, value) || WriteTheLongWay(in op, address, size, value);

    /// <summary>The processor looks first whether what it reads may be written: it is the fault of a write.</summary>
    private bool ReadToWrite(in X86Op op, ulong address, int size, out ulong value)
        => _tlb.TryRead(address, size, out value) || LoadTheLongWay(address, size, out value).Signal == 0 ||
            WriteTheLongWay(in op, address, size, 0);

    private bool ReadTheLongWay(in X86Op op, ulong address, int size, out ulong value)
    {
        AccessFault fault = LoadTheLongWay(address, size, out value);
        if (fault.Signal != 0)
        {
            _stack = IsStack(in op);
            _fault = Faulted(fault);
        }

        return fault.Signal == 0;
    }

    private bool WriteTheLongWay(in X86Op op, ulong address, int size, ulong value)
    {
        AccessFault fault = StoreTheLongWay(address, size, value);
        if (fault.Signal != 0)
        {
            _stack = IsStack(in op);
            _fault = Faulted(fault);
        }

        return fault.Signal == 0;
    }

    private static bool IsStack(in X86Op op) => op.IsStack || op.Kind is X86OpKind.Push or X86OpKind.Pop or X86OpKind.Call or X86OpKind.Return;
}
