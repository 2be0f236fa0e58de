using System.Globalization;
using System.Text;

namespace Sim.Testing;

/// <summary>Writes random litmus tests in POWER assembler, with barriers, and address, data and control dependencies.</summary>
public static class RandomPowerLitmus
{
    private const int Offset = 10;
    private const int Stored = 11;
    private const int FirstWord = 20;

    private static readonly string[] s_words = ["x", "y", "z"];

    /// <summary>The test that a number stands for.</summary>
    public static string Of(int seed)
    {
        var random = new Random(seed);
        int words = random.Next(2, 4);
        var registers = new List<string>();
        int threads = random.Next(2, 4);
        List<string>[] columns =
        [
            .. Enumerable.Range(0, threads).Select(thread => new OfThread(random, registers, thread, words).Write(random.Next(1, threads == 2 ? 6 : 4))),
        ];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"PPC random-{seed}\n{{");
        for (int thread = 0; thread < threads; thread++)
        {
            for (int word = 0; word < words; word++)
            {
                text.Append(CultureInfo.InvariantCulture, $" {thread}:r{FirstWord + word}={s_words[word]};");
            }
        }

        text.Append(" }\n").AppendJoin(" | ", columns.Select((_, thread) => string.Create(CultureInfo.InvariantCulture, $" P{thread}"))).Append(" ;\n");
        for (int row = 0; row < columns.Max(column => column.Count); row++)
        {
            text.AppendJoin(" | ", columns.Select(column => row < column.Count ? column[row] : "")).Append(" ;\n");
        }

        return text.Append("locations [").AppendJoin(' ', registers.Concat(s_words.Take(words)).Select(place => place + ";"))
            .Append("]\nexists (x=0)\n").ToString();
    }

    /// <summary>Writes one thread.</summary>
    private sealed class OfThread(Random random, List<string> registers, int thread, int words)
    {
        private readonly List<string> _code = [];
        private int _loads;
        private int _labels;

        internal List<string> Write(int accesses)
        {
            for (int i = 0; i < accesses; i++)
            {
                Access(random.Next(words), (10 * thread) + i + 1);
                if (i < accesses - 1)
                {
                    Between();
                }
            }

            return _code;
        }

        private void Access(int word, int value)
        {
            bool isComputed = _loads > 0 && random.Next(5) == 0;
            int offset = AnyLoad();
            Say(isComputed, $"xor r{Offset},r{offset},r{offset}");
            string address = isComputed
                ? string.Create(CultureInfo.InvariantCulture, $"r{Offset},r{FirstWord + word}")
                : string.Create(CultureInfo.InvariantCulture, $"0(r{FirstWord + word})");
            string indexed = isComputed ? "x" : "";
            if (random.Next(2) == 0)
            {
                _loads++;
                registers.Add(string.Create(CultureInfo.InvariantCulture, $"{thread}:r{_loads}"));
                Say(true, isComputed ? $"lwzx r{_loads},{address}" : $"lwz r{_loads},{address}");
                return;
            }

            bool dependsOnLoad = _loads > 0 && random.Next(3) == 0;
            int load = AnyLoad();
            Say(dependsOnLoad, $"xor r{Stored},r{load},r{load}");
            Say(dependsOnLoad, $"addi r{Stored},r{Stored},{value}");
            Say(!dependsOnLoad, $"li r{Stored},{value}");
            Say(true, $"stw{indexed} r{Stored},{address}");
        }

        private void Between()
        {
            int kind = random.Next(9);
            if (kind is 4 or 5 && _loads > 0)
            {
                int load = AnyLoad();
                string label = string.Create(CultureInfo.InvariantCulture, $"L{thread}{_labels++}");
                Say(true, $"cmpw r{load},r{load}");
                Say(true, $"beq {label}");
                Say(true, $"{label}:");
                Say(random.Next(2) == 0, "isync");
                return;
            }

            Say(kind < 4, kind switch { 0 => "sync", 1 => "lwsync", 2 => "eieio", _ => "isync" });
        }

        private int AnyLoad() => _loads == 0 ? 1 : 1 + random.Next(_loads);

        private void Say(bool isSaid, FormattableString instruction)
        {
            if (isSaid)
            {
                _code.Add(FormattableString.Invariant(instruction));
            }
        }

        private void Say(bool isSaid, string instruction) => Say(isSaid, (FormattableString)$"{instruction}");
    }
}
