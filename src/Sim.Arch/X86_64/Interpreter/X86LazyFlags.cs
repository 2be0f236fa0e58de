using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>
/// Flags that nobody has asked for yet: the operands of the last arithmetic are kept, and the flags are computed when
/// something but a usual condition reads them.
/// </summary>
public sealed partial class X86Interpreter
{
    private X86OpKind _lazy;
    private int _lazySize;
    private ulong _lazyLeft;
    private ulong _lazyRight;
    private ulong _lazyResult;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepFlags(X86OpKind kind, ulong left, ulong right, ulong result, int size)
    {
        _lazy = kind;
        _lazySize = size;
        _lazyLeft = left;
        _lazyRight = right;
        _lazyResult = result;
    }

    /// <summary>Computes what was put off.</summary>
    private void SettleFlags()
    {
        X86OpKind kind = _lazy;
        _lazy = X86OpKind.General;
        switch (kind)
        {
            case X86OpKind.General:
                break;
            case X86OpKind.Add:
                Add(_lazyLeft, _lazyRight, 0, _lazySize);
                break;
            case X86OpKind.Subtract:
                Subtract(_lazyLeft, _lazyRight, 0, _lazySize);
                break;
            case X86OpKind.And:
                Logic(_lazyResult, _lazySize);
                break;
            case X86OpKind.ShiftLeft:
                Shift(Mnemonic.Shl, _lazyLeft, (int)_lazyRight, _lazySize);
                break;
            case X86OpKind.ShiftRight:
                Shift(Mnemonic.Shr, _lazyLeft, (int)_lazyRight, _lazySize);
                break;
            case X86OpKind.ShiftRightAlgebraic:
                Shift(Mnemonic.Sar, _lazyLeft, (int)_lazyRight, _lazySize);
                break;
            case X86OpKind.Multiply:
                Product(_lazyLeft, _lazyRight, signed: true, _lazySize);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Whether a condition holds of flags that may not have been computed.</summary>
    private bool Meets(ConditionCode condition) => _lazy switch
    {
        X86OpKind.Subtract => MeetsDifference(condition),
        X86OpKind.And => MeetsResult(condition),
        _ => Settled(condition),
    };

    private bool Settled(ConditionCode condition)
    {
        SettleFlags();
        return Holds(condition);
    }

    private bool MeetsDifference(ConditionCode condition)
    {
        int shift = 64 - (8 * _lazySize);
        long left = (long)(_lazyLeft << shift);
        long right = (long)(_lazyRight << shift);
        return condition switch
        {
            ConditionCode.b => _lazyLeft < _lazyRight,
            ConditionCode.ae => _lazyLeft >= _lazyRight,
            ConditionCode.e => _lazyLeft == _lazyRight,
            ConditionCode.ne => _lazyLeft != _lazyRight,
            ConditionCode.be => _lazyLeft <= _lazyRight,
            ConditionCode.a => _lazyLeft > _lazyRight,
            ConditionCode.s => (long)(_lazyResult << shift) < 0,
            ConditionCode.ns => (long)(_lazyResult << shift) >= 0,
            ConditionCode.l => left < right,
            ConditionCode.ge => left >= right,
            ConditionCode.le => left <= right,
            ConditionCode.g => left > right,
            _ => Settled(condition),
        };
    }

    /// <summary>After a logical operation, which leaves no carry and no overflow.</summary>
    private bool MeetsResult(ConditionCode condition)
    {
        long result = (long)(_lazyResult << (64 - (8 * _lazySize)));
        return condition switch
        {
            ConditionCode.b => false,
            ConditionCode.ae => true,
            ConditionCode.e or ConditionCode.be => result == 0,
            ConditionCode.ne or ConditionCode.a => result != 0,
            ConditionCode.s or ConditionCode.l => result < 0,
            ConditionCode.ns or ConditionCode.ge => result >= 0,
            ConditionCode.le => result <= 0,
            ConditionCode.g => result > 0,
            _ => Settled(condition),
        };
    }
}
