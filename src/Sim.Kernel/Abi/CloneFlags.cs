namespace Sim.Kernel.Abi;

/// <summary>Flags of clone(); the low byte is the signal that the parent is sent at the end.</summary>
[Flags]
public enum CloneFlags : uint
{
    None = 0,

    VM = 0x100,
    FS = 0x200,
    Files = 0x400,
    Sighand = 0x800,
    Ptrace = 0x2000,
    Vfork = 0x4000,
    Parent = 0x8000,
    Thread = 0x10000,
    NewNs = 0x20000,
    Sysvsem = 0x40000,
    SetTls = 0x80000,
    ParentSetTid = 0x100000,
    ChildClearTid = 0x200000,
    Detached = 0x400000,
    Untraced = 0x800000,
    ChildSetTid = 0x1000000,
    Stopped = 0x2000000,
}
