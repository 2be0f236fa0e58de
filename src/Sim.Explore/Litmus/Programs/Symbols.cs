using System.Globalization;

namespace Sim.Explore.Litmus.Programs;

/// <summary>The memory locations of a test. An address is a number too, far from those that tests use.</summary>
public sealed class Symbols
{
    private const long FirstAddress = 1L << 40;
    private const long Distance = 1L << 16;

    private readonly List<string> _names = [];
    private readonly Dictionary<long, int> _unnamed = [];

    /// <summary>Names of the locations.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of a location; a name that is new becomes one.</summary>
    public int Number(string name)
    {
        int known = _names.IndexOf(name);
        if (known < 0)
        {
            known = _names.Count;
            _names.Add(name);
        }

        return known;
    }

    /// <summary>The address of a location.</summary>
    public static long AddressOf(int location) => FirstAddress + (location * Distance);

    /// <summary>The location at an address, or -1.</summary>
    public int At(long address)
    {
        long offset = address - FirstAddress;
        return offset >= 0 && offset % Distance == 0 && offset / Distance < _names.Count ? (int)(offset / Distance)
            : _unnamed.TryGetValue(address, out int beside) ? beside
            : -1;
    }

    /// <summary>Makes a location of a word beside one that has a name; false when there is none near by.</summary>
    public bool TryAddBeside(long address)
    {
        long nearest = (address - FirstAddress + (Distance / 2)) / Distance;
        bool isNear = address > FirstAddress - (Distance / 2) && nearest < _names.Count && At(address) < 0;
        if (isNear)
        {
            long offset = address - AddressOf((int)nearest);
            _unnamed.Add(address, _names.Count);
            _names.Add(string.Create(CultureInfo.InvariantCulture, $"{_names[(int)nearest]}{offset:+0;-0}"));
        }

        return isNear;
    }

    /// <summary>A value as tests write it.</summary>
    public string Show(long value)
    {
        int location = At(value);
        return location >= 0 ? _names[location] : value.ToString(CultureInfo.InvariantCulture);
    }
}
