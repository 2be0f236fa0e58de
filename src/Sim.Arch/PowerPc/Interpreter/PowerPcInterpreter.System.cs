using System.Numerics;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>The condition register, special registers, branches and traps.</summary>
public sealed partial class PowerPcInterpreter
{
    /// <summary>What mfpvr answers, which Linux emulates: a PowerPC 970.</summary>
    private const ulong Version = 0x0039_0202;

    /// <summary>The bits of XER that there are.</summary>
    private const uint XerBits = 0xe000_007f;

#pragma warning disable IDE0010, MA0051 // one case for each operation
    private bool ExecuteSystem(in PowerPcInstruction i)
    {
        switch (i.Op)
        {
            case PowerPcOp.BranchToLink:
                return BranchTo(in i, _link, decrements: true);
            case PowerPcOp.BranchToCtr:
                return BranchTo(in i, _ctr, decrements: false);
            case PowerPcOp.SystemCall:
                _stop = CodeExitKind.Syscall;
                return false;
            case PowerPcOp.TrapWord:
                return !Traps(i.T, (int)G(i.A), (int)(G(i.B) + (ulong)i.Immediate), (uint)G(i.A), (uint)(G(i.B) + (ulong)i.Immediate))
                    || TrapInstruction();
            case PowerPcOp.TrapDouble:
                ulong right = G(i.B) + (ulong)i.Immediate;
                return !Traps(i.T, (long)G(i.A), (long)right, G(i.A), right) || TrapInstruction();
            case PowerPcOp.InstructionSync:
                return true;
            case PowerPcOp.MoveCrField:
                SetCrField(i.T, (_cr >> (28 - (4 * i.A))) & 15);
                return true;
            case PowerPcOp.MoveXerToCr:
                SetCrField(i.T, _xer >> 28);
                _xer &= 0x0fff_ffff;
                return true;
            case PowerPcOp.MoveFromCr:
                G(i.T) = _cr & i.Mask;
                return true;
            case PowerPcOp.MoveToCr:
                _cr = ((uint)G(i.T) & (uint)i.Mask) | (_cr & ~(uint)i.Mask);
                return true;
            case PowerPcOp.MoveFromXer:
                G(i.T) = _xer;
                return true;
            case PowerPcOp.MoveFromLink:
                G(i.T) = _link;
                return true;
            case PowerPcOp.MoveFromCtr:
                G(i.T) = _ctr;
                return true;
            case PowerPcOp.MoveFromVrsave:
                G(i.T) = _vrsave;
                return true;
            case PowerPcOp.MoveFromTimeBase:
                G(i.T) = (ulong)(TimeBase + _position);
                return true;
            case PowerPcOp.MoveFromTimeBaseUpper:
                G(i.T) = (ulong)(TimeBase + _position) >> 32;
                return true;
            case PowerPcOp.MoveFromVersion:
                G(i.T) = Version;
                return true;
            case PowerPcOp.MoveToXer:
                _xer = (uint)G(i.T) & XerBits;
                return true;
            case PowerPcOp.MoveToLink:
                _link = G(i.T);
                return true;
            case PowerPcOp.MoveToCtr:
                _ctr = G(i.T);
                return true;
            case PowerPcOp.MoveToVrsave:
                _vrsave = (uint)G(i.T);
                return true;
            default:
                SetCrBit(i.T, Combined(i.Op, CrBit(i.A), CrBit(i.B)));
                return true;
        }
    }

#pragma warning restore IDE0010, MA0051

#pragma warning disable IDE0072 // operations of the condition register alone come here
    private static uint Combined(PowerPcOp op, uint left, uint right) => op switch
    {
        PowerPcOp.CrAnd => left & right,
        PowerPcOp.CrAndComplement => left & ~right,
        PowerPcOp.CrOr => left | right,
        PowerPcOp.CrOrComplement => left | ~right,
        PowerPcOp.CrXor => left ^ right,
        PowerPcOp.CrNor => ~(left | right),
        PowerPcOp.CrNand => ~(left & right),
        _ => ~(left ^ right),
    };
#pragma warning restore IDE0072

    private void Link(in PowerPcInstruction i)
    {
        if (i.Links)
        {
            _link = _behindBlock;
        }
    }

    private bool BranchTo(in PowerPcInstruction i, ulong target, bool decrements)
    {
        bool taken = IsTaken(in i, decrements);
        Link(in i);
        _next = taken ? Narrow(target & ~3UL) : _next;
        return true;
    }

    /// <summary>What BO and BI say, with the count register decremented if they say so.</summary>
    private bool IsTaken(in PowerPcInstruction i, bool decrements)
    {
        const int AnyCondition = 16;
        const int ConditionSet = 8;
        const int KeepCount = 4;
        const int CountIsZero = 2;
        bool counted = true;
        if (decrements && (i.T & KeepCount) == 0)
        {
            _ctr--;
            counted = Narrow(_ctr) == 0 == ((i.T & CountIsZero) != 0);
        }

        return counted && ((i.T & AnyCondition) != 0 || CrBit(i.A) != 0 == ((i.T & ConditionSet) != 0));
    }

    /// <summary>Whether one of the orders holds that TO names.</summary>
    private static bool Traps<TSigned, TUnsigned>(
        int conditions, TSigned left, TSigned right, TUnsigned leftUnsigned, TUnsigned rightUnsigned)
        where TSigned : IComparisonOperators<TSigned, TSigned, bool>
        where TUnsigned : IComparisonOperators<TUnsigned, TUnsigned, bool>
        => ((conditions & 16) != 0 && left < right) ||
            ((conditions & 8) != 0 && left > right) ||
            ((conditions & 4) != 0 && left == right) ||
            ((conditions & 2) != 0 && leftUnsigned < rightUnsigned) ||
            ((conditions & 1) != 0 && leftUnsigned > rightUnsigned);
}
