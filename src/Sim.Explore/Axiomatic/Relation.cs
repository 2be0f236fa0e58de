using System.Numerics;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// A relation between the events of one execution, a bit set per event; sets of events are bit sets too.
/// Every operation makes a new relation, but for <see cref="Add(int, int)"/> and <see cref="SetRow"/>.
/// </summary>
internal sealed class Relation
{
    /// <summary>Most events of an execution.</summary>
    internal const int Most = 64;

    private readonly ulong[] _rows;

    internal Relation(int events) => _rows = new ulong[events];

    private Relation(ulong[] rows) => _rows = rows;

    /// <summary>Number of events.</summary>
    internal int Events => _rows.Length;

    /// <summary>The set of all events.</summary>
    internal ulong All => _rows.Length == Most ? ulong.MaxValue : (1UL << _rows.Length) - 1;

    /// <summary>The events that have a successor.</summary>
    internal ulong Domain
    {
        get
        {
            ulong domain = 0;
            for (int i = 0; i < _rows.Length; i++)
            {
                domain |= _rows[i] != 0 ? 1UL << i : 0;
            }

            return domain;
        }
    }

    /// <summary>The successors of an event.</summary>
    internal ulong this[int from] => _rows[from];

    /// <summary>The events of a set, each with itself.</summary>
    internal static Relation Identity(int events, ulong set)
    {
        var same = new Relation(events);
        for (ulong left = set; left != 0; left &= left - 1)
        {
            int i = BitOperations.TrailingZeroCount(left);
            same._rows[i] = 1UL << i;
        }

        return same;
    }

    /// <summary>Every event of one set with every event of another.</summary>
    internal static Relation Product(int events, ulong from, ulong to)
    {
        var product = new Relation(events);
        for (ulong left = from; left != 0; left &= left - 1)
        {
            product._rows[BitOperations.TrailingZeroCount(left)] = to;
        }

        return product;
    }

    /// <summary>Adds a pair.</summary>
    internal void Add(int from, int to) => _rows[from] |= 1UL << to;

    /// <summary>Replaces the successors of an event.</summary>
    internal void SetRow(int from, ulong successors) => _rows[from] = successors;

    /// <summary>Pairs of either.</summary>
    public static Relation operator |(Relation left, Relation right)
    {
        ulong[] rows = new ulong[left._rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = left._rows[i] | right._rows[i];
        }

        return new Relation(rows);
    }

    /// <summary>Pairs of both.</summary>
    public static Relation operator &(Relation left, Relation right)
    {
        ulong[] rows = new ulong[left._rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = left._rows[i] & right._rows[i];
        }

        return new Relation(rows);
    }

    /// <summary>Pairs of the first that are not pairs of the second.</summary>
    public static Relation operator -(Relation left, Relation right)
    {
        ulong[] rows = new ulong[left._rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = left._rows[i] & ~right._rows[i];
        }

        return new Relation(rows);
    }

    /// <summary>One after the other: herd's <c>;</c>.</summary>
    public static Relation operator *(Relation left, Relation right)
    {
        ulong[] rows = new ulong[left._rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            ulong reached = 0;
            for (ulong middle = left._rows[i]; middle != 0; middle &= middle - 1)
            {
                reached |= right._rows[BitOperations.TrailingZeroCount(middle)];
            }

            rows[i] = reached;
        }

        return new Relation(rows);
    }

    /// <summary>The pairs from one set to another: herd's <c>[from];r;[to]</c>.</summary>
    internal Relation Between(ulong from, ulong to)
    {
        ulong[] rows = new ulong[_rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (from >> i & 1) != 0 ? _rows[i] & to : 0;
        }

        return new Relation(rows);
    }

    /// <summary>The other way round.</summary>
    internal Relation Inverse()
    {
        var inverse = new Relation(_rows.Length);
        for (int i = 0; i < _rows.Length; i++)
        {
            for (ulong left = _rows[i]; left != 0; left &= left - 1)
            {
                inverse._rows[BitOperations.TrailingZeroCount(left)] |= 1UL << i;
            }
        }

        return inverse;
    }

    /// <summary>Also every event with itself.</summary>
    internal Relation Maybe()
    {
        ulong[] rows = new ulong[_rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = _rows[i] | (1UL << i);
        }

        return new Relation(rows);
    }

    /// <summary>One or more times.</summary>
    internal Relation Plus()
    {
        ulong[] rows = [.. _rows];
        Close(rows);
        return new Relation(rows);
    }

    /// <summary>Any number of times.</summary>
    internal Relation Star() => Plus().Maybe();

    /// <summary>Whether no event is related to itself.</summary>
    internal bool IsIrreflexive()
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            if ((_rows[i] >> i & 1) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether no event reaches itself.</summary>
    internal bool IsAcyclic()
    {
        // Takes away what has no successor left, until nothing is left or nothing goes.
        ulong left = Domain;
        bool shrank = true;
        while (left != 0 && shrank)
        {
            shrank = false;
            for (ulong rest = left; rest != 0; rest &= rest - 1)
            {
                int i = BitOperations.TrailingZeroCount(rest);
                if ((_rows[i] & left) == 0)
                {
                    left &= ~(1UL << i);
                    shrank = true;
                }
            }
        }

        return left == 0;
    }

    /// <summary>Whether both have the same pairs.</summary>
    internal bool IsSame(Relation other) => _rows.AsSpan().SequenceEqual(other._rows);

    private static void Close(ulong[] rows)
    {
        for (int middle = 0; middle < rows.Length; middle++)
        {
            ulong onward = rows[middle];
            if (onward == 0)
            {
                continue;
            }

            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] |= (rows[i] >> middle & 1) != 0 ? onward : 0;
            }
        }
    }
}
