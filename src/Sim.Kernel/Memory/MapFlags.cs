namespace Sim.Kernel.Memory;

/// <summary>PROT_*: what a program asks for.</summary>
[Flags]
public enum Protection
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,

    /// <summary>PROT_SEM: accepted and without effect.</summary>
    Semaphore = 8,

    /// <summary>PROT_GROWSDOWN: mprotect() from the beginning of a growing area.</summary>
    GrowsDown = 0x01000000,

    /// <summary>PROT_GROWSUP: no area of x86 grows up.</summary>
    GrowsUp = 0x02000000,
}

/// <summary>MAP_*.</summary>
[Flags]
public enum MapFlags
{
    None = 0,
    Shared = 1,
    Private = 2,

    Fixed = 0x10,
    Anonymous = 0x20,
    GrowsDown = 0x100,
}

/// <summary>VM_*: what an area is and may become.</summary>
[Flags]
public enum VmFlags
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
    Shared = 8,
    MayRead = 0x10,
    MayWrite = 0x20,
    MayExecute = 0x40,
    MayShare = 0x80,
    GrowsDown = 0x100,

    /// <summary>The three that a program sees as protection.</summary>
    Access = Read | Write | Execute,

    /// <summary>What every area may become.</summary>
    MayAccess = MayRead | MayWrite | MayExecute,
}

/// <summary>What an access wants of a page.</summary>
public enum AccessKind
{
    Read,
    Write,
    Execute,
}

/// <summary>Why an access failed: the signal and its si_code.</summary>
public enum FaultCode
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>SIGSEGV, SEGV_MAPERR: nothing is mapped there.</summary>
    MapError,

    /// <summary>SIGSEGV, SEGV_ACCERR: what is mapped there does not permit it.</summary>
    AccessError,

    /// <summary>SIGBUS, BUS_ADRERR: the mapping goes on past the end of its file.</summary>
    BusError,

    /// <summary>SIGSEGV, SI_KERNEL without an address: not an address at all (a general protection fault).</summary>
    NotCanonical,
}
