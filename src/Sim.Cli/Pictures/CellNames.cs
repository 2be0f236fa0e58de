using Sim.Machine.State;

namespace Sim.Cli.Pictures;

/// <summary>
/// Short names for the cells of a picture: the field alone where that is unambiguous, the object
/// alone where only one of its cells is shown, and a key that tells whose the fields are.
/// </summary>
internal sealed class CellNames
{
    private readonly Dictionary<Cell, string> _names = [];

    /// <summary>Names the cells of a picture.</summary>
    internal CellNames(IEnumerable<Cell> cells)
    {
        List<Cell> all = [.. cells.OrderBy(cell => cell.Owner.Id).ThenBy(cell => cell.Field, StringComparer.Ordinal)];
        var key = new List<string>();
        foreach (IGrouping<long, Cell> owned in all.GroupBy(cell => cell.Owner.Id))
        {
            string owner = owned.First().Owner.ToString()!;
            var fields = new List<string>();
            foreach (Cell cell in owned)
            {
                if (all.Count(other => string.Equals(other.Field, cell.Field, StringComparison.Ordinal)) == 1 &&
                    !IsLockObject(cell))
                {
                    _names[cell] = cell.Field;
                    fields.Add(cell.Field);
                }
                else
                {
                    _names[cell] = owned.Count() == 1 ? owner : cell.ToString();
                }
            }

            if (fields.Count > 0)
            {
                key.Add($"of {owner}: {string.Join(", ", fields)}");
            }
        }

        Key = key;
    }

    /// <summary>Lines that say whose the fields are.</summary>
    internal IReadOnlyList<string> Key { get; }

    /// <summary>The short name of a cell of the picture.</summary>
    internal string Of(Cell cell) => _names[cell];

    private static bool IsLockObject(Cell cell) => Wording.IsLock(cell) && Wording.NamesLock(cell.Owner.Kind);
}
