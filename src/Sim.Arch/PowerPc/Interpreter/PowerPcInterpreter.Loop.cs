using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>The loop over instructions: frequent forms are executed here, everything else where it belongs.</summary>
public sealed partial class PowerPcInterpreter
{
#pragma warning disable IDE0010, MA0051 // one case for each frequent operation, in one loop
    private void RunSlice(int most, bool stepsBranches)
    {
        ref ulong g = ref MemoryMarshal.GetArrayDataReference(_g);
        while (most > 0)
        {
            if (BlockAt(_ip) is not { } block)
            {
                return;
            }

            PowerPcInstruction[] instructions = block.Instructions;
            int count = Math.Min(instructions.Length, most);
            _blockAddress = block.Address;
            _behindBlock = Narrow(block.Address + (ulong)block.Bytes.Length);
            _next = Narrow(block.Address + (4 * (ulong)count));
            int k = 0;
            for (; k < count; k++)
            {
                ref readonly PowerPcInstruction i = ref instructions[k];
                ulong value;
                switch (i.Op)
                {
                    case PowerPcOp.AddImmediate:
                        Unsafe.Add(ref g, i.T) = Unsafe.Add(ref g, i.A) + (ulong)i.Immediate;
                        continue;
                    case PowerPcOp.Add when i.Variant == PowerPcVariant.None:
                        Unsafe.Add(ref g, i.T) = Unsafe.Add(ref g, i.A) + Unsafe.Add(ref g, i.B);
                        continue;
                    case PowerPcOp.SubtractFrom when i.Variant == PowerPcVariant.None:
                        Unsafe.Add(ref g, i.T) = Unsafe.Add(ref g, i.B) - Unsafe.Add(ref g, i.A);
                        continue;
                    case PowerPcOp.MultiplyDouble when i.Variant == PowerPcVariant.None:
                        Unsafe.Add(ref g, i.T) = Unsafe.Add(ref g, i.A) * Unsafe.Add(ref g, i.B);
                        continue;
                    case PowerPcOp.OrImmediate:
                        Unsafe.Add(ref g, i.A) = Unsafe.Add(ref g, i.T) | (ulong)i.Immediate;
                        continue;
                    case PowerPcOp.XorImmediate:
                        Unsafe.Add(ref g, i.A) = Unsafe.Add(ref g, i.T) ^ (ulong)i.Immediate;
                        continue;
                    case PowerPcOp.AndImmediate:
                        Logic(in i, Unsafe.Add(ref g, i.T) & (ulong)i.Immediate);
                        continue;
                    case PowerPcOp.And:
                        Logic(in i, Unsafe.Add(ref g, i.T) & Unsafe.Add(ref g, i.B));
                        continue;
                    case PowerPcOp.Or:
                        Logic(in i, Unsafe.Add(ref g, i.T) | Unsafe.Add(ref g, i.B));
                        continue;
                    case PowerPcOp.Xor:
                        Logic(in i, Unsafe.Add(ref g, i.T) ^ Unsafe.Add(ref g, i.B));
                        continue;
                    case PowerPcOp.ExtendWord:
                        Logic(in i, (ulong)(int)Unsafe.Add(ref g, i.T));
                        continue;
                    case PowerPcOp.RotateWord:
                        Logic(in i, RotatedWord(Unsafe.Add(ref g, i.T), i.B) & i.Mask);
                        continue;
                    case PowerPcOp.RotateDouble:
                        Logic(in i, BitOperations.RotateLeft(Unsafe.Add(ref g, i.T), i.B) & i.Mask);
                        continue;
                    case PowerPcOp.CompareImmediate:
                        value = Unsafe.Add(ref g, i.A);
                        SetCrField(i.T, i.IsWide ? Order((long)value, i.Immediate) : Order((long)(int)value, (int)i.Immediate));
                        continue;
                    case PowerPcOp.CompareLogicalImmediate:
                        value = Unsafe.Add(ref g, i.A);
                        SetCrField(i.T, Order(i.IsWide ? value : (uint)value, (ulong)i.Immediate));
                        continue;
                    case PowerPcOp.Compare:
                        value = Unsafe.Add(ref g, i.A);
                        SetCrField(i.T, i.IsWide
                            ? Order((long)value, (long)Unsafe.Add(ref g, i.B))
                            : Order((long)(int)value, (int)Unsafe.Add(ref g, i.B)));
                        continue;
                    case PowerPcOp.CompareLogical:
                        value = Unsafe.Add(ref g, i.A);
                        SetCrField(i.T, i.IsWide
                            ? Order(value, Unsafe.Add(ref g, i.B))
                            : Order((ulong)(uint)value, (uint)Unsafe.Add(ref g, i.B)));
                        continue;
                    case PowerPcOp.Nothing:
                        continue;
                    case PowerPcOp.LoadByte when !i.Updates:
                        if (!Load(Address(in i), 1, out value))
                        {
                            break;
                        }

                        Unsafe.Add(ref g, i.T) = value;
                        continue;
                    case PowerPcOp.LoadWord when !i.Updates:
                        if (!Load(Address(in i), 4, out value))
                        {
                            break;
                        }

                        Unsafe.Add(ref g, i.T) = value;
                        continue;
                    case PowerPcOp.LoadDouble when !i.Updates:
                        if (!Load(Address(in i), 8, out value))
                        {
                            break;
                        }

                        Unsafe.Add(ref g, i.T) = value;
                        continue;
                    case PowerPcOp.StoreByte when !i.Updates:
                        if (!Store(Address(in i), 1, Unsafe.Add(ref g, i.T)))
                        {
                            break;
                        }

                        continue;
                    case PowerPcOp.StoreWord when !i.Updates:
                        if (!Store(Address(in i), 4, Unsafe.Add(ref g, i.T)))
                        {
                            break;
                        }

                        continue;
                    case PowerPcOp.StoreDouble when !i.Updates:
                        if (!Store(Address(in i), 8, Unsafe.Add(ref g, i.T)))
                        {
                            break;
                        }

                        continue;
                    case PowerPcOp.Branch:
                        Link(in i);
                        _next = Narrow((ulong)i.Immediate);
                        continue;
                    case PowerPcOp.BranchConditional:
                        bool taken = IsTaken(in i, decrements: true);
                        Link(in i);
                        _next = taken ? Narrow((ulong)i.Immediate) : _next;
                        continue;
                    default:
                        _position = k;
                        if (Execute(in i))
                        {
                            continue;
                        }

                        break;
                }

                TimeBase += _stop == CodeExitKind.Syscall ? k + 1 : k;
                _ip = _stop == CodeExitKind.Syscall ? _next : Narrow(_blockAddress + (4 * (ulong)k));
                return;
            }

            most -= count;
            TimeBase += count;
            _ip = _next;
            if (stepsBranches && instructions[count - 1].IsBranch)
            {
                _stop = CodeExitKind.Step;
                return;
            }
        }
    }
#pragma warning restore IDE0010, MA0051
}
