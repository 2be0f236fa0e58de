using FsCheck.Xunit;

namespace Sim.Properties;

public sealed class PropertyRunnerTests
{
    [Property]
    public bool Reversing_twice_changes_nothing(int[] values) =>
        values.Reverse().Reverse().SequenceEqual(values);
}
