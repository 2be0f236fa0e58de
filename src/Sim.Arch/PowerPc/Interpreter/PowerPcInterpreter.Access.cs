namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Loads and stores.</summary>
public sealed partial class PowerPcInterpreter
{
    private const int WideBlock = 128;
    private const int NarrowBlock = 32;

#pragma warning disable IDE0010, MA0051 // one case for each operation
    private bool ExecuteAccess(in PowerPcInstruction i)
    {
        ulong address = Address(in i);
        ulong value;
        switch (i.Op)
        {
            case PowerPcOp.LoadByte:
                if (!Load(address, 1, out value))
                {
                    return false;
                }

                break;
            case PowerPcOp.LoadHalf:
                if (!Load(address, 2, out value))
                {
                    return false;
                }

                break;
            case PowerPcOp.LoadHalfAlgebraic:
                if (!Load(address, 2, out value))
                {
                    return false;
                }

                value = (ulong)(short)value;
                break;
            case PowerPcOp.LoadWord:
                if (!Load(address, 4, out value))
                {
                    return false;
                }

                break;
            case PowerPcOp.LoadWordAlgebraic:
                if (!Load(address, 4, out value))
                {
                    return false;
                }

                value = (ulong)(int)value;
                break;
            case PowerPcOp.LoadDouble:
                if (!Load(address, 8, out value))
                {
                    return false;
                }

                break;
            case PowerPcOp.StoreByte:
                return Store(address, 1, G(i.T)) && Update(in i, address);
            case PowerPcOp.StoreHalf:
                return Store(address, 2, G(i.T)) && Update(in i, address);
            case PowerPcOp.StoreWord:
                return Store(address, 4, G(i.T)) && Update(in i, address);
            case PowerPcOp.StoreDouble:
                return Store(address, 8, G(i.T)) && Update(in i, address);
            default:
                return ExecuteRareAccess(in i, address);
        }

        G(i.T) = value;
        return Update(in i, address);
    }

    private bool ExecuteRareAccess(in PowerPcInstruction i, ulong address)
    {
        switch (i.Op)
        {
            case PowerPcOp.LoadReversed:
                if (!Load(address, i.C, out ulong value))
                {
                    return false;
                }

                G(i.T) = Reversed(value, i.C);
                return true;
            case PowerPcOp.StoreReversed:
                return Store(address, i.C, Reversed(G(i.T), i.C));
            case PowerPcOp.LoadMultiple:
                return LoadMultiple(i.T, address);
            case PowerPcOp.StoreMultiple:
                return StoreMultiple(i.T, address);
            case PowerPcOp.LoadString:
                return LoadString(i.T, address, i.IsFirst ? i.C : (int)(_xer & 0x7f));
            case PowerPcOp.StoreString:
                return StoreString(i.T, address, i.IsFirst ? i.C : (int)(_xer & 0x7f));
            case PowerPcOp.LoadReserve:
                return LoadReserve(i.T, address, i.C);
            case PowerPcOp.StoreConditional:
                return StoreConditional(i.T, address, i.C);
            case PowerPcOp.ClearBlock:
                return ClearBlock(address);
            case PowerPcOp.LoadFloatSingle:
                if (!Load(address, 4, out value))
                {
                    return false;
                }

                _f[i.T] = PowerPcFloat.Widen((uint)value);
                return Update(in i, address);
            case PowerPcOp.LoadFloatDouble:
                if (!Load(address, 8, out value))
                {
                    return false;
                }

                _f[i.T] = value;
                return Update(in i, address);
            case PowerPcOp.LoadFloatWordAlgebraic:
                if (!Load(address, 4, out value))
                {
                    return false;
                }

                _f[i.T] = i.IsFirst ? value : (ulong)(int)value;
                return true;
            case PowerPcOp.StoreFloatSingle:
                return Store(address, 4, PowerPcFloat.Shorten(_f[i.T])) && Update(in i, address);
            case PowerPcOp.StoreFloatDouble:
                return Store(address, 8, _f[i.T]) && Update(in i, address);
            case PowerPcOp.StoreFloatWord:
                return Store(address, 4, _f[i.T]);
            default:
                return Undefined(i.Op == PowerPcOp.Privileged ? PrivilegedOpcode : IllegalOpcode);
        }
    }

#pragma warning restore IDE0010, MA0051

    private bool Update(in PowerPcInstruction i, ulong address)
    {
        if (i.Updates)
        {
            G(i.A) = address;
        }

        return true;
    }

    private bool LoadMultiple(int first, ulong address)
    {
        for (int r = first; r < 32; r++, address = Narrow(address + 4))
        {
            if (!Load(address, 4, out ulong value))
            {
                return false;
            }

            _g[r] = value;
        }

        return true;
    }

    private bool StoreMultiple(int first, ulong address)
    {
        for (int r = first; r < 32; r++, address = Narrow(address + 4))
        {
            if (!Store(address, 4, _g[r]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Bytes into the low words of registers, the most significant first; the last is filled with 0.</summary>
    private bool LoadString(int first, ulong address, int count)
    {
        for (int k = 0; k < count; k++)
        {
            if (!Load(Narrow(address + (ulong)k), 1, out ulong value))
            {
                return false;
            }

            ref ulong register = ref _g[(first + (k / 4)) & 31];
            register = (k % 4 == 0 ? 0 : register) | (value << (24 - (8 * (k % 4))));
        }

        return true;
    }

    private bool StoreString(int first, ulong address, int count)
    {
        for (int k = 0; k < count; k++)
        {
            if (!Store(Narrow(address + (ulong)k), 1, _g[(first + (k / 4)) & 31] >> (24 - (8 * (k % 4)))))
            {
                return false;
            }
        }

        return true;
    }

    private bool LoadReserve(int target, ulong address, int size)
    {
        if ((address & (ulong)(size - 1)) != 0)
        {
            return Misaligned(address);
        }

        if (!Load(address, size, out ulong value))
        {
            return false;
        }

        _reservation = new Reservation(size, address, _isLittle ? value : Reversed(value, size));
        _g[target] = value;
        return true;
    }

    private bool StoreConditional(int source, ulong address, int size)
    {
        if ((address & (ulong)(size - 1)) != 0)
        {
            return Misaligned(address);
        }

        bool stored = false;
        if (_reservation.Size == size && _reservation.Address == address)
        {
            _trust++;
            ulong value = _isLittle ? _g[source] : Reversed(_g[source], size);
            AccessFault fault = _memory.CompareAndStore(
                _cpu, address, size, _g[1], _reservation.Value, value, out stored);
            if (fault.Signal != 0)
            {
                return Fault(fault);
            }
        }

        _reservation = default;
        SetCrField(0, (stored ? 2u : 0) | (_xer >> 31));
        return true;
    }

    private bool ClearBlock(ulong address)
    {
        int size = _is64 ? WideBlock : NarrowBlock;
        address &= ~(ulong)(size - 1);
        for (int k = 0; k < size; k += 8)
        {
            if (!Store(address + (ulong)k, 8, 0))
            {
                return false;
            }
        }

        return true;
    }
}
