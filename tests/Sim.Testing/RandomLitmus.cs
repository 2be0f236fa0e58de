using System.Globalization;
using System.Text;

namespace Sim.Testing;

/// <summary>Writes random litmus tests in the kernel's C: two or three threads of up to four accesses to two or three words.</summary>
public static class RandomLitmus
{
    private static readonly string[] s_words = ["x", "y", "z"];

    /// <summary>The test that a number stands for.</summary>
    public static string Of(int seed)
    {
        var random = new Random(seed);
        int threads = random.Next(2, 4);
        int words = random.Next(2, 4);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"C random-{seed}\n{{ }}\n");
        var registers = new List<string>();
        int value = 1;
        for (int thread = 0; thread < threads; thread++)
        {
            text.Append(CultureInfo.InvariantCulture, $"P{thread}(int *x, int *y, int *z, spinlock_t *l)\n{{\n");
            int accesses = random.Next(1, threads == 2 ? 5 : 4);
            bool isLocked = random.Next(6) == 0;
            text.Append(isLocked ? "\tspin_lock(l);\n" : "");
            text.Append(isLocked && random.Next(4) == 0 ? "\tsmp_mb__after_spinlock();\n" : "");
            int last = -1;
            for (int i = 0; i < accesses; i++)
            {
                string word = s_words[random.Next(words)];
                string write = last >= 0 && random.Next(4) == 0 ? $"r{last} * 0 + {value}" : value.ToString(CultureInfo.InvariantCulture);
                string statement = random.Next(14) switch
                {
                    0 => $"smp_store_release({word}, {write});",
                    1 => $"int r{i} = smp_load_acquire({word});",
                    2 => $"int r{i} = xchg({word}, {write});",
                    3 => $"int r{i} = cmpxchg({word}, 0, {write});",
                    4 => $"int r{i} = atomic_add_return_relaxed({value}, {word});",
                    5 => $"atomic_inc({word});",
                    6 when last >= 0 => $"if (r{last} == 0) WRITE_ONCE(*{word}, {write});",
                    < 10 => $"WRITE_ONCE(*{word}, {write});",
                    _ => $"int r{i} = READ_ONCE(*{word});",
                };
                if (statement.StartsWith("int", StringComparison.Ordinal))
                {
                    last = i;
                    registers.Add(string.Create(CultureInfo.InvariantCulture, $"{thread}:r{i}"));
                }

                value++;
                string fence = random.Next(12) switch
                {
                    0 => "\tsmp_mb();\n",
                    1 => "\tsmp_wmb();\n",
                    2 => "\tsmp_rmb();\n",
                    3 when statement.Contains("xchg", StringComparison.Ordinal) || statement.Contains("atomic", StringComparison.Ordinal)
                        => "\tsmp_mb__after_atomic();\n",
                    4 when isLocked && i == 0 => "\tsmp_mb();\n",
                    _ => "",
                };
                text.Append('\t').Append(statement).Append('\n').Append(fence);
            }

            text.Append(isLocked ? "\tspin_unlock(l);\n" : "").Append("}\n");
        }

        string locations = string.Join(' ', registers.Concat(s_words.Take(words)).Select(place => place + ";"));
        return text.Append(CultureInfo.InvariantCulture, $"locations [{locations}]\nexists (x=0)\n").ToString();
    }
}
