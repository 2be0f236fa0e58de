using System.Globalization;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Unit.Scenarios;
namespace Sim.Unit.Explore;
public sealed class EstimateProbe
{
    [Fact]
    public void Probe()
    {
        foreach (string line in File.ReadAllLines("/tmp/h/expl-x/worlds"))
        {
            string[] p = line.Split('|');
            double all = double.Parse(p[1], CultureInfo.InvariantCulture);
            var text = new System.Text.StringBuilder();
            double next = 0.05;
            double worst = 1;
            Explorer.Run(Worlds.Parse(p[0]), Worlds.Options(MemoryModel.Sc) with { StopAtViolation = false, Estimates = true, Stop = progress =>
            {
                double ratio = progress.Estimate!.Value.Executions / all;
                double done = progress.Executions / all;
                if (done >= 0.05) worst = Math.Max(worst, Math.Max(ratio, 1 / ratio));
                if (done >= next) { text.Append(CultureInfo.InvariantCulture, $" {done:0.00}:{ratio:0.00}[{progress.Estimate.Value.Low / all:0.00},{progress.Estimate.Value.High / all:0.0}]{(progress.Estimate.Value.IsClose ? "c" : "?")}"); next = Math.Max(done + 0.1, next + 0.1); }
                return false;
            } });
            Console.WriteLine($"ratio {p[0],-40} worst {worst:0.00} {text}");
        }
    }
}
