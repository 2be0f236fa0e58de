using System.Text;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus;

/// <summary>Counts the final states of a test.</summary>
internal sealed class OutcomeTally(LitmusTest test)
{
    private readonly Dictionary<string, (long Count, bool Holds)> _states = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    /// <summary>Counts one execution.</summary>
    /// <param name="content">What a place holds at its end.</param>
    internal void Add(Func<Place, long> content)
    {
        if (test.Filter?.Holds(content) == false)
        {
            return;
        }

        _text.Clear();
        foreach (Place place in test.Observed)
        {
            _text.Append(_text.Length > 0 ? " " : "").Append(place.Label).Append('=')
                .Append(test.Symbols.Show(content(place))).Append(';');
        }

        string state = _text.ToString();
        _states[state] = _states.TryGetValue(state, out (long Count, bool Holds) known)
            ? (known.Count + 1, known.Holds)
            : (1, test.Condition.Holds(content));
    }

    /// <summary>What has been counted.</summary>
    internal LitmusResult Result(bool complete) => new()
    {
        Outcomes =
        [
            .. _states.OrderBy(state => state.Key, StringComparer.Ordinal)
                .Select(state => new Outcome(state.Key, state.Value.Count, state.Value.Holds)),
        ],
        Executions = _states.Values.Sum(state => state.Count),
        Complete = complete,
    };
}
