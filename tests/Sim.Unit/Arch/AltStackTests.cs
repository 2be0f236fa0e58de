using Sim.Arch;

namespace Sim.Unit.Arch;

/// <summary>The alternate signal stack.</summary>
public sealed class AltStackTests
{
    private static readonly AltStack s_stack = new(0x1000, 0x1000);

    [Theory]
    [InlineData(0xfff, false, 0)]
    [InlineData(0x1000, true, AltStack.SS_ONSTACK)]
    [InlineData(0x1fff, true, AltStack.SS_ONSTACK)]
    [InlineData(0x2000, false, 0)]
    public void A_stack_pointer_is_on_it_or_not(ulong stackPointer, bool holds, int flags)
    {
        Assert.Equal(holds, s_stack.Holds(stackPointer));
        Assert.Equal(flags, s_stack.Flags(stackPointer));
        Assert.False(default(AltStack).Holds(stackPointer));
        Assert.Equal(AltStack.SS_DISABLE, default(AltStack).Flags(stackPointer));
    }

    [Theory]
    [InlineData(0, 2048, 0x9000, 0)]
    [InlineData(AltStack.SS_ONSTACK, 2048, 0x9000, 0)]
    [InlineData(0, 2047, 0x9000, -12)]
    [InlineData(3, 4096, 0x9000, -22)]
    [InlineData(0, 4096, 0x1800, -1)]
    [InlineData(3, 1, 0x1800, -1)]
    public void A_new_one_is_checked(int flags, ulong size, ulong stackPointer, int expected)
    {
        Assert.Equal(expected, s_stack.TrySet(0x5000, flags, size, stackPointer, out AltStack changed));
        Assert.Equal(expected == 0 ? new AltStack(0x5000, size) : s_stack, changed);
    }

    [Fact]
    public void SS_DISABLE_takes_it_away_whatever_else_was_asked()
    {
        Assert.Equal(0, s_stack.TrySet(0x5000, AltStack.SS_DISABLE, 1, 0x9000, out AltStack changed));
        Assert.Equal(default, changed);
    }
}
