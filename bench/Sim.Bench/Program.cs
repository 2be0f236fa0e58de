using BenchmarkDotNet.Running;
using Sim.Bench;

if (args is ["yardstick", .. var rest])
{
    Yardstick.Run(rest);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
