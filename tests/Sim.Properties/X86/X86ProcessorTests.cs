using System.Globalization;
using Iced.Intel;

namespace Sim.Properties.X86;

/// <summary>The interpreter against the processor that the tests run on. SIM_SEED and SIM_TESTS ask for other and more cases.</summary>
public sealed class X86ProcessorTests(ITestOutputHelper output)
{
    private const int Batch = 20_000;

    [Fact]
    public void Instructions_do_what_the_processor_does()
    {
        Assert.SkipUnless(X86Processor.IsHere, "the processor is another one");
        var generator = new X86CaseGenerator((ulong)Asked.Seed(7));
        int most = Asked.Tests(220_000);
        int each = (most / X86Forms.All.Count) + 1;
        Compare(X86Forms.All.SelectMany(form => Enumerable.Range(0, each).Select(_ => generator.Single(form))).OfType<X86Case>());
    }

    private void Compare(IEnumerable<X86Case> cases)
    {
        using var processor = new X86Processor();
        var difference = new X86Difference(new X86Simulated());
        var wrong = new Dictionary<Code, (string Text, int Count)>();
        int count = 0;
        foreach (X86Case[] some in cases.Chunk(Batch))
        {
            List<X86Outcome>[] outcomes = processor.Run(some);
            for (int i = 0; i < some.Length; i++, count++)
            {
                if (difference.Of(some[i], outcomes[i], out Code code) is { } text)
                {
                    (string known, int times) = wrong.GetValueOrDefault(code, (text, 0));
                    wrong[code] = (known, times + 1);
                }
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} cases, {difference.Compared} instructions compared, {wrong.Count} forms differ in {wrong.Values.Sum(w => w.Count)} cases"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Values.Select(w => string.Create(CultureInfo.InvariantCulture, $"({w.Count} times) {w.Text}"))));
    }
}
