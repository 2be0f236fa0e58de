using BenchmarkDotNet.Running;
using Sim.Bench;

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
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
