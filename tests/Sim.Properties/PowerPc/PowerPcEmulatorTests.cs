using System.Globalization;

namespace Sim.Properties.PowerPc;

/// <summary>The interpreter against qemu, which has to be there. SIM_SEED and SIM_TESTS ask for other and more cases.</summary>
public sealed class PowerPcEmulatorTests(ITestOutputHelper output)
{
    private const int Batch = 20_000;

    [Fact]
    public void Instructions_do_what_they_do_under_qemu()
    {
        var generator = new PowerPcCaseGenerator((ulong)Asked.Seed(5));
        int each = (Asked.Tests(40_000) / PowerPcForms.All.Count) + 1;
        Compare(PowerPcForms.All.SelectMany(form => Enumerable.Range(0, each).Select(_ => (form.Name, generator.Single(form)))));
    }

    [Fact]
    public void Sequences_of_instructions_do_what_they_do_under_qemu()
    {
        var generator = new PowerPcCaseGenerator((ulong)Asked.Seed(9));
        Compare(Enumerable.Range(0, Asked.Tests(20_000)).Select(_ => ("sequence", generator.Sequence(PowerPcForms.All))));
    }

    private void Compare(IEnumerable<(string Name, PowerPcCase? Case)> cases)
    {
        using var emulator = new PowerPcEmulator();
        var simulated = new PowerPcSimulated();
        var wrong = new Dictionary<string, (string Text, int Count)>(StringComparer.Ordinal);
        int count = 0;
        foreach ((string Name, PowerPcCase? Case)[] some in cases.Chunk(Batch))
        {
            Assert.All(some, one => Assert.True(one.Case is not null, $"no case of {one.Name}"));
            PowerPcOutcome[] outcomes = emulator.Run([.. some.Select(one => one.Case!)]);
            for (int i = 0; i < some.Length; i++, count++)
            {
                PowerPcCase one = some[i].Case!;
                if (PowerPcDifference.Of(one, outcomes[i], simulated.Run(one, 64)) is { } text)
                {
                    (string known, int times) = wrong.GetValueOrDefault(some[i].Name, (text, 0));
                    wrong[some[i].Name] = (known, times + 1);
                }
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{PowerPcForms.All.Count} forms, {count} cases, {wrong.Count} forms differ in {wrong.Values.Sum(w => w.Count)} cases"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key} ({w.Value.Count} times) {w.Value.Text}"))));
    }
}
