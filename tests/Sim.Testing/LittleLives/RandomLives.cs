using System.Collections.Immutable;
using Sim.Kernel.Abi;

namespace Sim.Testing.LittleLives;

/// <summary>Makes random lives from a seed, and smaller ones of one that failed.</summary>
public static class RandomLives
{
    private const int MostActors = 5;
    private const int MostActs = 5;

    private static readonly ImmutableArray<int> s_signals =
    [
        Signals.SIGTERM, Signals.SIGKILL, Signals.SIGSTOP, Signals.SIGCONT, Signals.SIGTSTP, Signals.SIGUSR1,
        Signals.SIGCHLD, Signals.SIGQUIT, Signals.SIGRTMIN + 2,
    ];

    private static readonly int s_deeds = Enum.GetValues<Deed>().Length;

    private static readonly ImmutableArray<Deed> s_beginnings =
        [Deed.Fork, Deed.CreateThread, Deed.CreateThread, Deed.Vfork, Deed.Exec];

    /// <summary>The life of the first actor, in which those of all others are.</summary>
    public static Life Make(int seed)
    {
        var random = new Random(seed);
        int made = 0;
        return MakeLife(random, ref made, 0);
    }

    /// <summary>Lives with one deed fewer.</summary>
    public static IEnumerable<Life> Shrink(Life life)
    {
        for (int i = 0; i < life.Acts.Length; i++)
        {
            yield return life with { Acts = life.Acts.RemoveAt(i) };
        }

        for (int i = 0; i < life.Acts.Length; i++)
        {
            if (life.Acts[i].Child is { } child)
            {
                foreach (Life smaller in Shrink(child))
                {
                    yield return life with { Acts = life.Acts.SetItem(i, life.Acts[i] with { Child = smaller }) };
                }
            }
        }
    }

    private static Life MakeLife(Random random, ref int made, int depth)
    {
        int number = made++;
        var acts = new List<Act>();
        for (int i = random.Next(1, MostActs + 1); i > 0; i--)
        {
            acts.Add(MakeAct(random, ref made, depth));
        }

        return new Life(number, [.. acts]);
    }

    private static Act MakeAct(Random random, ref int made, int depth)
    {
        Deed deed = random.Next(3) == 0 ? s_beginnings[random.Next(s_beginnings.Length)] : (Deed)random.Next(s_deeds);
        bool begins = deed is Deed.Fork or Deed.Vfork or Deed.CreateThread or Deed.Exec;
        if (begins && (made >= MostActors || depth > 2))
        {
            deed = Deed.Kill;
            begins = false;
        }

        int signal = s_signals[random.Next(s_signals.Length)];
        int target = random.Next(MostActors);
        return new Act(deed, signal, target, begins ? MakeLife(random, ref made, depth + 1) : null);
    }
}
