using System.CommandLine;

return new RootCommand("Linux tasks, signals and utrace under every schedule that matters.")
    .Parse(args)
    .Invoke();
