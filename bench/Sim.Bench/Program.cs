using BenchmarkDotNet.Running;
using Sim.Bench;
using Sim.Bench.Dispatch;

if (args is ["yardstick", .. var rest])
{
    Yardstick.Run(rest);
}
else if (args is ["memory", .. var sizes])
{
    Memory.Run(sizes);
}
else if (args is ["tasks", .. var tasks])
{
    Memory.RunKernel(tasks);
}
else if (args is ["dispatch", .. var variants])
{
    DispatchHarness.Run(variants);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
