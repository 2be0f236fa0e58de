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
        int each = (Asked.Tests(220_000) / X86Forms.All.Count) + 1;
        Compare(X86Forms.All.SelectMany(form => Enumerable.Range(0, each).Select(_ => generator.Single(form))).OfType<X86Case>(), out HashSet<Code> seen);

        Assert.Empty(X86Forms.All.Select(form => form.Code).Except(seen));
    }

    [Fact]
    public void Sequences_of_instructions_do_what_the_processor_does()
    {
        Assert.SkipUnless(X86Processor.IsHere, "the processor is another one");
        var generator = new X86CaseGenerator((ulong)Asked.Seed(11));
        Compare(Enumerable.Range(0, Asked.Tests(40_000)).Select(_ => generator.Sequence(X86Forms.All)), out _);
    }

    private void Compare(IEnumerable<X86Case> cases, out HashSet<Code> seen)
    {
        seen = [];
        using var processor = new X86Processor();
        var difference = new X86Difference(new X86Simulated());
        var wrong = new Dictionary<Code, (string Text, int Count)>();
        int count = 0;
        int atOnce = 0;
        foreach (X86Case[] some in cases.Chunk(Batch))
        {
            List<X86Outcome>[] outcomes = processor.Run(some);
            for (int i = 0; i < some.Length; i++, count++)
            {
                string? text = difference.Of(some[i], outcomes[i], seen, out Code code);
                if (text is null && some[i].Steps > 1 && difference.IsDefined)
                {
                    text = difference.AtOnce(some[i], outcomes[i]);
                    atOnce++;
                }

                if (text is not null)
                {
                    (string known, int times) = wrong.GetValueOrDefault(code, (text, 0));
                    wrong[code] = (known, times + 1);
                }
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{X86Forms.All.Count} forms, {count} cases, {difference.Compared} instructions compared, {atOnce} cases at once, {wrong.Count} forms differ in {wrong.Values.Sum(w => w.Count)} cases"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Values.Select(w => string.Create(CultureInfo.InvariantCulture, $"({w.Count} times) {w.Text}"))));
    }
}
