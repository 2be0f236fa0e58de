using System.Globalization;
using System.Text;

namespace Sim.Testing;

/// <summary>Writes random litmus tests in the kernel's C: two or three threads of up to four accesses to two or three words.</summary>
public static class RandomLitmus
{
    private static readonly string[] s_words = ["x", "y", "z"];

    /// <summary>The test that a number stands for.</summary>
    /// <param name="seed">The number.</param>
    /// <param name="hasSections">Whether there may be read-side sections and grace periods.</param>
    public static string Of(int seed, bool hasSections = false)
    {
        var random = new Random(seed);
        int threads = random.Next(2, 4);
        int words = random.Next(2, 4);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"C random-{seed}\n{{ }}\n");
        var registers = new List<string>();
        for (int thread = 0; thread < threads; thread++)
        {
            int accesses = random.Next(1, threads == 2 ? 5 : 4);
            new OfThread(random, text, registers, thread, words, hasSections).Write(accesses);
        }

        string locations = string.Join(' ', registers.Concat(s_words.Take(words)).Select(place => place + ";"));
        return text.Append(CultureInfo.InvariantCulture, $"locations [{locations}]\nexists (x=0)\n").ToString();
    }

    /// <summary>Writes one thread.</summary>
    private sealed class OfThread(Random random, StringBuilder text, List<string> registers, int thread, int words, bool hasSections)
    {
        private readonly string _lock = random.Next(2) == 0 ? "l" : "m";
        private readonly bool _isLocked = random.Next(5) == 0;
        private readonly bool _isReader = hasSections && random.Next(3) == 0;
        private int _value = 10 * thread;
        private int _last = -1;

        internal void Write(int accesses)
        {
            text.Append(CultureInfo.InvariantCulture, $"P{thread}(int *x, int *y, int *z, spinlock_t *l, spinlock_t *m)\n{{\n");
            Say(_isLocked, $"spin_lock({_lock});");
            Say(_isLocked && random.Next(4) == 0, "smp_mb__after_spinlock();");
            Say(_isReader, "rcu_read_lock();");
            for (int i = 0; i < accesses; i++)
            {
                _value++;
                Say(true, Statement(i));
                string fence = Fence();
                Say(fence.Length > 0, fence);
            }

            Say(_isReader, "rcu_read_unlock();");
            Say(_isLocked, $"spin_unlock({_lock});");
            text.Append("}\n");
        }

        private void Say(bool isSaid, string statement) => text.Append(isSaid ? $"\t{statement}\n" : "");

        private string Fence() => random.Next(14) switch
        {
            0 => "smp_mb();",
            1 => "smp_wmb();",
            2 => "smp_rmb();",
            3 => "smp_mb__after_atomic();",
            4 => "smp_mb__before_atomic();",
            _ => "",
        };

        private string Statement(int number)
        {
            string word = s_words[random.Next(words)];
            string stored = _last >= 0 && random.Next(4) == 0
                ? string.Create(CultureInfo.InvariantCulture, $"r{_last} * 0 + {_value}")
                : _value.ToString(CultureInfo.InvariantCulture);
            return random.Next(27) switch
            {
                0 or 1 => $"smp_store_release({word}, {stored});",
                2 => $"atomic_inc({word});",
                3 => string.Create(CultureInfo.InvariantCulture, $"atomic_add({_value}, {word});"),
                4 when _last >= 0 => string.Create(CultureInfo.InvariantCulture, $"if (r{_last} == 0) WRITE_ONCE(*{word}, {stored});"),
                5 when _isLocked => $"spin_unlock({_lock}); spin_lock({_lock});",
                6 when _isLocked => $"spin_unlock({_lock}); spin_lock({_lock}); smp_mb__after_unlock_lock();",
                7 when _isReader => "rcu_read_unlock(); rcu_read_lock();",
                8 when hasSections && !_isLocked && !_isReader => "synchronize_rcu();",
                < 14 => $"WRITE_ONCE(*{word}, {stored});",
                _ => Assigned(number, Call(word, stored)),
            };
        }

        private string Call(string word, string stored) => random.Next(18) switch
        {
            0 => $"smp_load_acquire({word})",
            1 => $"xchg({word}, {stored})",
            2 => $"xchg_acquire({word}, {stored})",
            3 => $"xchg_release({word}, {stored})",
            4 => $"xchg_relaxed({word}, {stored})",
            5 => $"cmpxchg({word}, 0, {stored})",
            6 => $"cmpxchg_relaxed({word}, 0, {stored})",
            7 => $"atomic_cmpxchg_acquire({word}, 0, {stored})",
            8 => string.Create(CultureInfo.InvariantCulture, $"atomic_add_return_relaxed({_value}, {word})"),
            9 => string.Create(CultureInfo.InvariantCulture, $"atomic_fetch_add_release({_value}, {word})"),
            10 => $"atomic_add_unless({word}, 1, 0)",
            11 when !_isLocked => $"spin_trylock({_lock})",
            _ => $"READ_ONCE(*{word})",
        };

        private string Assigned(int number, string call)
        {
            _last = number;
            registers.Add(string.Create(CultureInfo.InvariantCulture, $"{thread}:r{number}"));
            return string.Create(CultureInfo.InvariantCulture, $"int r{number} = {call};");
        }
    }
}
