using Sim.Machine.Memory;

namespace Sim.Testing.LittlePrograms;

/// <summary>Random little programs, and smaller ones from those that fail.</summary>
public static class RandomPrograms
{
    private static readonly Verb[] s_usual =
    [
        Verb.Load, Verb.Load, Verb.Load, Verb.Store, Verb.Store, Verb.Store, Verb.StoreNext, Verb.StoreNext,
        Verb.CompareExchange, Verb.CompareExchange, Verb.Add, Verb.Lock, Verb.WaitFor, Verb.WaitWhile,
        Verb.Unless, Verb.Choose,
    ];

    private static readonly Verb[] s_rare =
    [
        Verb.Take, Verb.Watch, Verb.Yield, Verb.Start, Verb.AddUnlocked, Verb.GetGuarded, Verb.SetGuarded, Verb.Free,
        Verb.Snapshot,
    ];

    /// <summary>The program of a seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="memory">With store buffers there are fences.</param>
    /// <param name="rare">Instructions beyond the usual ones that may occur.</param>
    public static LittleProgram Make(int seed, MemoryModel memory, params IReadOnlyCollection<Verb> rare)
    {
        var random = new Random(seed);
        List<Verb> verbs = [.. s_usual, .. rare];
        if (memory == MemoryModel.Tso)
        {
            verbs.AddRange([Verb.Fence, Verb.Fence, Verb.Store, Verb.Load]);
        }

        int data = random.Next(1, 4);
        int locks = random.Next(0, 3);
        int threads = random.Next(2, 5);
        var program = new List<IReadOnlyList<Instruction>>();
        for (int t = 0; t < threads; t++)
        {
            int count = random.Next(1, threads == 2 ? 6 : threads == 3 ? 5 : 4);
            program.Add(Thread(random, verbs, program, count, data, locks, threads));
        }

        return new LittleProgram(data + locks, program);
    }

    /// <summary>All instructions that are not usual.</summary>
    public static IReadOnlyCollection<Verb> Rare => s_rare;

    /// <summary>Programs that are a little smaller or simpler.</summary>
    public static IEnumerable<LittleProgram> Shrink(LittleProgram program)
    {
        int last = program.Threads.Count - 1;
        for (int t = last; t >= 0 && last > 0; t--)
        {
            int gone = t;
            yield return With(program, [.. program.Threads.Where((_, i) => i != gone)
                .Select(thread => thread.Where(i => i.Verb != Verb.Start || i.A != gone)
                    .Select(i => i.Verb == Verb.Start && i.A > gone ? i with { A = i.A - 1 } : i).ToArray())]);
        }

        for (int t = 0; t <= last; t++)
        {
            IReadOnlyList<Instruction> thread = program.Threads[t];
            for (int i = 0; i < thread.Count; i++)
            {
                foreach (Instruction[] simpler in Simpler(thread[i]))
                {
                    yield return With(program, [.. program.Threads.Select((other, k) => k != t
                        ? other
                        : [.. thread.Take(i), .. simpler, .. thread.Skip(i + 1)])]);
                }
            }
        }

        if (program.Variables > 1)
        {
            yield return new LittleProgram(program.Variables - 1, [.. program.Threads.Select(thread => thread
                .Select(i => i with { Variable = Math.Min(i.Variable, program.Variables - 2) }).ToArray())]);
        }
    }

    /// <summary>The smallest program that still fails and of which no smaller one does.</summary>
    public static LittleProgram Minimise(LittleProgram program, Func<LittleProgram, bool> fails)
    {
        while (Shrink(program).FirstOrDefault(fails) is { } smaller)
        {
            program = smaller;
        }

        return program;
    }

    private static LittleProgram With(LittleProgram program, IReadOnlyList<IReadOnlyList<Instruction>> threads)
        => new(program.Variables, threads);

    private static IEnumerable<Instruction[]> Simpler(Instruction i)
    {
        yield return [];
        if (i.Verb is Verb.CompareExchange or Verb.Add or Verb.Lock or Verb.WaitFor or Verb.WaitWhile or Verb.Take
            or Verb.Watch or Verb.Snapshot)
        {
            yield return [new Instruction(Verb.Load, i.Variable)];
        }

        if (i.Verb is Verb.CompareExchange or Verb.Add or Verb.StoreNext or Verb.Unlock or Verb.Lock)
        {
            yield return [new Instruction(Verb.Store, i.Variable, 1)];
        }

        if (i.Variable > 0)
        {
            yield return [i with { Variable = 0 }];
        }

        if (i.A > 1 && i.Verb != Verb.Start)
        {
            yield return [i with { A = 1 }];
        }

        if (i.B > 1)
        {
            yield return [i with { B = 1 }];
        }
    }

    private static List<Instruction> Thread(
        Random random,
        List<Verb> verbs,
        List<IReadOnlyList<Instruction>> before,
        int count,
        int data,
        int locks,
        int threads)
    {
        var made = new List<Instruction>();
        int held = -1;
        for (int i = 0; i < count; i++)
        {
            Verb verb = verbs[random.Next(verbs.Count)];
            int v = random.Next(data);
            if (verb == Verb.Lock)
            {
                if (held >= 0)
                {
                    made.Add(new Instruction(Verb.Unlock, held));
                    held = -1;
                }
                else if (locks > 0)
                {
                    held = data + random.Next(locks);
                    made.Add(new Instruction(Verb.Lock, held));
                }
            }
            else if (verb == Verb.Start)
            {
                int child = before.Count + 1 < threads ? random.Next(before.Count + 1, threads) : 0;
                if (child > 0 && !before.Append(made).Any(thread => thread.Contains(new Instruction(Verb.Start, 0, child))))
                {
                    made.Add(new Instruction(Verb.Start, 0, child));
                }
            }
            else if (verb is Verb.GetGuarded or Verb.SetGuarded)
            {
                // With a lock held, what that lock protects; else, now and then, what nothing protects.
                if (held >= 0 || random.Next(4) == 0)
                {
                    made.Add(new Instruction(verb, held >= 0 ? held : v, random.Next(1, 3)));
                }
            }
            else
            {
                made.Add(new Instruction(verb, v, random.Next(verb == Verb.Add ? 1 : 0, 3), random.Next(1, 3)));
            }
        }

        if (held >= 0)
        {
            made.Add(new Instruction(Verb.Unlock, held));
        }

        return made.Any(i => i.Verb == Verb.Start) ? [.. made.Where(i => i.Verb != Verb.Fence)] : made;
    }
}
