using Sim.Arch.PowerPc;

namespace Sim.Properties.PowerPc;

/// <summary>Words that nobody wrote, as code: a signal or the end of the slice, and nothing else.</summary>
public sealed class PowerPcFuzzTests
{
    private const int Slice = 200;

    [Theory]
    [InlineData(PowerPcMsr.Sf)]
    [InlineData(PowerPcMsr.Sf | PowerPcMsr.Le)]
    [InlineData(PowerPcMsr.None)]
    [InlineData(PowerPcMsr.Sf | PowerPcMsr.Se)]
    public void Random_words_as_code_end_in_a_fault_or_go_on(PowerPcMsr msr)
    {
        int seed = Asked.Seed(41);
        var signals = new HashSet<int>();
        var simulated = new PowerPcSimulated();
        for (int i = 0; i < Asked.Tests(20_000); i++)
        {
            var generator = new PowerPcCaseGenerator((ulong)(seed + i));
            uint[] code =
            [
                generator.AnyWord(),
                i % 2 == 0 ? generator.AnyWord() : generator.Word(PowerPcForms.All[i % PowerPcForms.All.Count]),
                generator.AnyWord(),
            ];
            var one = new PowerPcCase(generator.State(code[0]), code, new ulong[PowerPcPlaces.WindowWords]);

            PowerPcOutcome outcome = simulated.Run(one, Slice, msr);

            Assert.True(outcome.Signal is 0 or 4 or 5 or 7 or 8 or 11, $"seed {seed + i}: signal {outcome.Signal}");
            signals.Add(outcome.Signal);
        }

        // It is no test when all words end alike.
        Assert.Contains(5, signals);
        Assert.True(msr == (PowerPcMsr.Sf | PowerPcMsr.Se) || signals.Count > 2);
    }
}
