using System.Numerics;
using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>From an instruction as Iced describes it to a frequent one, where it is one.</summary>
internal static class X86OpDecoder
{
    /// <summary>The frequent instruction, or one that is to be executed in general.</summary>
    internal static X86Op Decode(in Instruction i)
    {
        X86Op op = default;
        op.Source = op.Base = op.Index = X86Op.Zero;
        bool isFrequent = !i.HasLockPrefix && !i.HasRepPrefix && !i.HasRepnePrefix && TryDecode(in i, ref op);
        return isFrequent ? op : default;
    }

#pragma warning disable IDE0010 // the others are executed in general
    private static bool TryDecode(in Instruction i, ref X86Op op)
    {
        if (i.ConditionCode != ConditionCode.None)
        {
            return TryCondition(in i, ref op);
        }

        switch (i.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Endbr64:
                op.Kind = X86OpKind.Nothing;
                return true;
            case Mnemonic.Mov:
                return TryMove(in i, ref op);
            case Mnemonic.Movzx:
                return TryExtend(in i, ref op, X86OpKind.Extend, X86OpKind.Load);
            case Mnemonic.Movsx or Mnemonic.Movsxd:
                return TryExtend(in i, ref op, X86OpKind.ExtendSigned, X86OpKind.LoadSigned);
            case Mnemonic.Cdqe:
                op.Kind = X86OpKind.ExtendSigned;
                op.Source = 0;
                op.Size = 4;
                op.Mask = ulong.MaxValue;
                return true;
            case Mnemonic.Lea:
                op.Kind = X86OpKind.Lea;
                return TryTarget(in i, ref op, 4) && TryAddress(in i, ref op);
            case Mnemonic.Add:
                return TryArithmetic(in i, ref op, X86OpKind.Add);
            case Mnemonic.Sub:
                return TryArithmetic(in i, ref op, X86OpKind.Subtract);
            case Mnemonic.And:
                return TryArithmetic(in i, ref op, X86OpKind.And);
            case Mnemonic.Or:
                return TryArithmetic(in i, ref op, X86OpKind.Or);
            case Mnemonic.Xor:
                return TryArithmetic(in i, ref op, X86OpKind.Xor);
            case Mnemonic.Cmp:
                return TryArithmetic(in i, ref op, X86OpKind.Compare);
            case Mnemonic.Test:
                return TryArithmetic(in i, ref op, X86OpKind.Test);
            case Mnemonic.Shl or Mnemonic.Sal:
                return TryShift(in i, ref op, X86OpKind.ShiftLeft);
            case Mnemonic.Shr:
                return TryShift(in i, ref op, X86OpKind.ShiftRight);
            case Mnemonic.Sar:
                return TryShift(in i, ref op, X86OpKind.ShiftRightAlgebraic);
            case Mnemonic.Imul when i.OpCount == 2:
                return TryMultiply(in i, ref op);
            case Mnemonic.Push:
                op.Kind = X86OpKind.Push;
                return i.StackPointerIncrement == -8 && i.GetOpKind(0) != OpKind.Memory && TrySource(in i, 0, ref op, 8);
            case Mnemonic.Pop:
                op.Kind = X86OpKind.Pop;
                return i.StackPointerIncrement == 8 && TryTarget(in i, ref op, 8);
            case Mnemonic.Jmp when i.IsJmpShortOrNear && i.GetOpKind(0) == OpKind.NearBranch64:
                op.Kind = X86OpKind.Jump;
                op.Constant = i.NearBranchTarget;
                return true;
            case Mnemonic.Call when i.IsCallNear && i.GetOpKind(0) == OpKind.NearBranch64:
                op.Kind = X86OpKind.Call;
                op.Constant = i.NearBranchTarget;
                op.Displacement = i.NextIP;
                return X86Interpreter.IsCanonical(op.Constant);
            case Mnemonic.Ret when i.Code == Code.Retnq:
                op.Kind = X86OpKind.Return;
                return true;
            default:
                return false;
        }
    }
#pragma warning restore IDE0010

    private static bool TryCondition(in Instruction i, ref X86Op op)
    {
        op.Condition = i.ConditionCode;
        if (i.FlowControl == FlowControl.ConditionalBranch)
        {
            op.Kind = X86OpKind.Branch;
            op.Constant = i.NearBranchTarget;
            return i.IsJccShortOrNear && i.GetOpKind(0) == OpKind.NearBranch64;
        }

        if (i.FlowControl != FlowControl.Next || i.GetOpKind(0) != OpKind.Register)
        {
            return false;
        }

        if (i.OpCount == 1)
        {
            op.Kind = X86OpKind.Set;
            return TryTarget(in i, ref op, 1);
        }

        op.Kind = X86OpKind.ConditionalMove;
        return i.OpCount == 2 && TryTarget(in i, ref op, 4) && i.GetOpKind(1) == OpKind.Register && TrySource(in i, 1, ref op, op.Size);
    }

    private static bool TryMove(in Instruction i, ref X86Op op)
    {
        if (i.GetOpKind(0) == OpKind.Memory)
        {
            op.Kind = X86OpKind.Store;
            op.Size = (byte)i.MemorySize.GetSize();
            return TryAddress(in i, ref op) && TrySource(in i, 1, ref op, op.Size);
        }

        if (!TryTarget(in i, ref op, 4))
        {
            return false;
        }

        op.Kind = i.GetOpKind(1) == OpKind.Memory ? X86OpKind.Load : X86OpKind.Move;
        return op.Kind == X86OpKind.Load ? TryAddress(in i, ref op) : TrySource(in i, 1, ref op, op.Size);
    }

    private static bool TryExtend(in Instruction i, ref X86Op op, X86OpKind ofRegister, X86OpKind ofMemory)
    {
        if (!TryTarget(in i, ref op, 4))
        {
            return false;
        }

        if (i.GetOpKind(1) == OpKind.Memory)
        {
            op.Kind = ofMemory;
            op.Size = (byte)i.MemorySize.GetSize();
            return TryAddress(in i, ref op);
        }

        op.Kind = ofRegister;
        op.Size = (byte)i.GetOpRegister(1).GetSize();
        return TrySource(in i, 1, ref op, op.Size);
    }

    private static bool TryArithmetic(in Instruction i, ref X86Op op, X86OpKind kind)
    {
        bool writes = kind is not (X86OpKind.Compare or X86OpKind.Test);
        if (i.GetOpKind(0) == OpKind.Memory)
        {
            op.Kind = writes ? X86OpKind.ToMemory : X86OpKind.MemoryAlone;
            op.Arithmetic = kind;
            op.Size = (byte)i.MemorySize.GetSize();
            op.Mask = X86Interpreter.Mask(op.Size);
            return TryAddress(in i, ref op) && TrySource(in i, 1, ref op, op.Size);
        }

        if (!TryTarget(in i, ref op, writes ? 4 : 1))
        {
            return false;
        }

        if (i.GetOpKind(1) == OpKind.Memory)
        {
            op.Kind = X86OpKind.FromMemory;
            op.Arithmetic = kind;
            return TryAddress(in i, ref op);
        }

        op.Kind = kind;
        return TrySource(in i, 1, ref op, op.Size);
    }

    private static bool TryShift(in Instruction i, ref X86Op op, X86OpKind kind)
    {
        if (i.GetOpKind(0) != OpKind.Register || i.GetOpKind(1) == OpKind.Register || !TryTarget(in i, ref op, 4))
        {
            return false;
        }

        op.Kind = kind;
        op.Constant = i.GetImmediate(1) & (op.Size == 8 ? 63UL : 31);
        return op.Constant != 0;
    }

    private static bool TryMultiply(in Instruction i, ref X86Op op)
    {
        if (!TryTarget(in i, ref op, 4))
        {
            return false;
        }

        bool isMemory = i.GetOpKind(1) == OpKind.Memory;
        op.Kind = isMemory ? X86OpKind.MultiplyFromMemory : X86OpKind.Multiply;
        return isMemory ? TryAddress(in i, ref op) : TrySource(in i, 1, ref op, op.Size);
    }

    private static bool TryTarget(in Instruction i, ref X86Op op, int leastSize)
    {
        if (i.GetOpKind(0) != OpKind.Register || !TryRegister(i.GetOpRegister(0), out op.Target, out op.Size))
        {
            return false;
        }

        op.Mask = X86Interpreter.Mask(op.Size);
        return op.Size >= leastSize;
    }

    /// <summary>A register of a size, or a constant.</summary>
    private static bool TrySource(in Instruction i, int operand, ref X86Op op, int size)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
        {
            return TryRegister(i.GetOpRegister(operand), out op.Source, out byte found) && found == size;
        }

        op.Constant = i.GetImmediate(operand) & X86Interpreter.Mask(size);
        return true;
    }

    private static bool TryAddress(in Instruction i, ref X86Op op)
    {
        op.Displacement = i.MemoryDisplacement64;
        op.Scale = (byte)BitOperations.Log2((uint)i.MemoryIndexScale);
        op.IsStack = i.MemorySegment == Register.SS;
        return i.MemorySegment is not (Register.FS or Register.GS) && TryPart(i.MemoryBase, out op.Base) &&
            TryPart(i.MemoryIndex, out op.Index);
    }

    /// <summary>A part of an address of 64 bits; Iced has added the instruction pointer already.</summary>
    private static bool TryPart(Register register, out byte number)
    {
        number = X86Op.Zero;
        return register is Register.None or Register.RIP || (TryRegister(register, out number, out byte size) && size == 8);
    }

    private static bool TryRegister(Register register, out byte number, out byte size)
    {
        (int index, int bytes) = register switch
        {
            >= Register.RAX and <= Register.R15 => (register - Register.RAX, 8),
            >= Register.EAX and <= Register.R15D => (register - Register.EAX, 4),
            >= Register.AX and <= Register.R15W => (register - Register.AX, 2),
            >= Register.AL and <= Register.BL => (register - Register.AL, 1),
            >= Register.SPL and <= Register.R15L => (register - Register.SPL + 4, 1),
            _ => (0, 0),
        };
        number = (byte)index;
        size = (byte)bytes;
        return bytes != 0;
    }
}
