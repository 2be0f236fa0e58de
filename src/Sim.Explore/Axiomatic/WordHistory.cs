using System.Numerics;

namespace Sim.Explore.Axiomatic;

/// <summary>What can happen to one word: its writes in order, and which reads each of them serves.</summary>
/// <param name="Writes">The writes, the initial one first.</param>
/// <param name="ReadersOf">The reads that each of them serves.</param>
internal sealed record WordHistory(int[] Writes, ulong[] ReadersOf)
{
    /// <summary>
    /// All histories that are coherent (program order never contradicts the order of the writes) and in
    /// which no write comes between the read and the write of an atomic operation.
    /// </summary>
    internal static List<WordHistory> Of(Skeleton skeleton, int location)
    {
        var builder = new Builder(skeleton, location);
        builder.OrderWrites();
        return builder.Found;
    }

    private sealed class Builder
    {
        private readonly Skeleton _skeleton;
        private readonly List<int> _order = [];
        private readonly int[] _position;
        private readonly ulong _writes;
        private readonly List<int> _reads = [];

        internal Builder(Skeleton skeleton, int location)
        {
            _skeleton = skeleton;
            _position = new int[skeleton.Count];
            ulong all = skeleton.Where(e => e.Location == location);
            _writes = all & skeleton.Writes;
            for (ulong left = all & skeleton.Reads; left != 0; left &= left - 1)
            {
                _reads.Add(BitOperations.TrailingZeroCount(left));
            }

            _order.Add(location);
        }

        internal List<WordHistory> Found { get; } = [];

        /// <summary>Appends every write that can come next.</summary>
        internal void OrderWrites()
        {
            ulong placed = 0;
            foreach (int write in _order)
            {
                placed |= 1UL << write;
            }

            ulong rest = _writes & ~placed;
            if (rest == 0)
            {
                PlaceReads(0, new ulong[_order.Count]);
                return;
            }

            for (ulong left = rest; left != 0; left &= left - 1)
            {
                int next = BitOperations.TrailingZeroCount(left);
                if (MayFollow(next, rest))
                {
                    _position[next] = _order.Count;
                    _order.Add(next);
                    OrderWrites();
                    _order.RemoveAt(_order.Count - 1);
                }
            }
        }

        private bool MayFollow(int next, ulong rest)
        {
            for (ulong left = rest; left != 0; left &= left - 1)
            {
                if ((_skeleton.Po[BitOperations.TrailingZeroCount(left)] >> next & 1) != 0)
                {
                    return false;
                }
            }

            return !_skeleton.Events[next].WritesAfterRead ||
                _skeleton.Events[_order[^1]].Value == _skeleton.Events[next - 1].Value;
        }

        /// <summary>Lets the reads from a number on read from every write that they can have read from.</summary>
        private void PlaceReads(int number, ulong[] readers)
        {
            if (number == _reads.Count)
            {
                Found.Add(new WordHistory([.. _order], [.. readers]));
                return;
            }

            int read = _reads[number];
            (int low, int high) = Window(read);
            for (int i = low; i <= high; i++)
            {
                if (_skeleton.Events[_order[i]].Value == _skeleton.Events[read].Value)
                {
                    _position[read] = i;
                    readers[i] |= 1UL << read;
                    PlaceReads(number + 1, readers);
                    readers[i] &= ~(1UL << read);
                }
            }
        }

        /// <summary>
        /// Which writes a read can read from: none older than what its thread has read or written before,
        /// none that the thread writes later; an atomic operation exactly the one before its own write.
        /// </summary>
        private (int Low, int High) Window(int read)
        {
            int low = 0;
            int high = _order.Count - 1;
            foreach (int write in _order)
            {
                if ((_skeleton.Po[write] >> read & 1) != 0)
                {
                    low = Math.Max(low, _position[write]);
                }
                else if ((_skeleton.Po[read] >> write & 1) != 0)
                {
                    high = Math.Min(high, _position[write] - 1);
                }
            }

            // Reads are placed in the order of their numbers, which is program order.
            foreach (int earlier in _reads)
            {
                if (earlier < read && (_skeleton.Po[earlier] >> read & 1) != 0)
                {
                    low = Math.Max(low, _position[earlier]);
                }
            }

            bool isAtomic = read + 1 < _skeleton.Count && _skeleton.Events[read + 1].WritesAfterRead;
            int before = isAtomic ? _position[read + 1] - 1 : low;
            return isAtomic ? (Math.Max(low, before), Math.Min(high, before)) : (low, high);
        }
    }
}
