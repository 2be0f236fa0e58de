using Sim.Machine;

namespace Sim.Explore.Estimates;

/// <summary>
/// Estimates, beside a search, how many executions it will have: from walks on a machine of its own, and
/// from how much of the tree is explored. Depends on the counts of the search alone, not on time.
/// </summary>
internal sealed class Estimator
{
    /// <summary>Steps before the first answer: some 20 ms.</summary>
    private const long FirstSteps = 150_000;

    /// <summary>For so many steps of the search, the walks take one.</summary>
    private const long Part = 8;

    /// <summary>So many walks of equal weight would say the same as those that were made: then they agree well enough.</summary>
    private const double Enough = 100;

    /// <summary>Enough not to walk any more.</summary>
    private const double Plenty = 1000;

    /// <summary>How far the truth can be from a guess that the walks do not agree on.</summary>
    private const double Doubt = 16;

    /// <summary>No walk is longer; of longer executions the guess is only a lower bound.</summary>
    private const int MostSteps = 2000;

    private readonly TraceSampler _sampler;
    private double _sum;
    private double _squares;
    private bool _isOver;

    private Estimator(SimMachine machine, int maxSteps)
    {
        machine.Start(undoable: true, collectRaces: false, hashing: false);
        _sampler = new TraceSampler(machine, Math.Min(maxSteps, MostSteps), seed: 1);
    }

    /// <summary>An estimator for a world, or null where none is wanted.</summary>
    internal static Estimator? Of(World world, ExploreOptions options, int lanes)
    {
        if (!options.Estimates)
        {
            return null;
        }

        var machine = new SimMachine(options.ForMachine(lanes));
        _ = world(machine);
        return new Estimator(machine, options.MaxSteps);
    }

    /// <summary>Goes on with the walks as far as the search went, and says what can be said.</summary>
    /// <param name="executions">Executions so far.</param>
    /// <param name="left">Branches that are planned; few of them turn out to be impossible.</param>
    /// <param name="transitions">Steps of the search so far.</param>
    /// <param name="share">The explored share of the tree as planned so far.</param>
    internal Estimate At(long executions, int left, long transitions, double share)
    {
        Walk(FirstSteps + (transitions / Part));
        double least = executions + left;
        double tree = share > 0 ? Math.Max(least, executions / share) : least;
        double walks = _sampler.Walks > 0 ? _sum / _sampler.Walks : 0;
        double agreement = walks < executions ? 0 : Agreement;
        double mean = Math.Max(least, walks);
        if (agreement >= Enough)
        {
            double error = 1 + (3 / Math.Sqrt(agreement));
            return new Estimate(mean, Math.Max(executions, mean / error), mean * error);
        }

        double trust = Math.Sqrt(agreement / Enough);
        return new Estimate(
            Math.Pow(tree, 1 - trust) * Math.Pow(mean, trust),
            Math.Max(executions, Math.Min(tree, mean) / Doubt),
            Math.Max(tree, mean) * Doubt);
    }

    /// <summary>How many walks of equal weight would say as much as those that were made.</summary>
    private double Agreement => _squares > 0 ? _sum * _sum / _squares : 0;

    private void Walk(long steps)
    {
        while (!_isOver && _sampler.Steps < steps)
        {
            try
            {
                double walk = _sampler.Walk();
                _sum += walk;
                _squares += walk * walk;
            }
            catch (TooManyProcessesException)
            {
                _isOver = true;
            }

            _isOver |= Agreement >= Plenty;
        }
    }
}
