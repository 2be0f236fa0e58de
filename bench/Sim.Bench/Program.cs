using BenchmarkDotNet.Running;
using Sim.Bench;
using Sim.Bench.Dispatch;
using Sim.Bench.Interpret;

if (args is ["yardstick", .. var rest])
{
    Yardstick.Run(rest);
}
else if (args is ["explore", .. var searches])
{
    ExploreHarness.Run(searches);
}
else if (args is ["models", .. var models])
{
    ModelHarness.Run(models);
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
else if (args is ["interpret", .. var rounds])
{
    InterpretHarness.Run(rounds);
}
else if (args is ["nothing"])
{
    // A .NET program that does nothing: what a start costs.
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
