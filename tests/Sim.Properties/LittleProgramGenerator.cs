using FsCheck;
using FsCheck.Fluent;
using Sim.Machine.Memory;
using Sim.Testing.LittlePrograms;

namespace Sim.Properties;

/// <summary>A random program without store buffers.</summary>
public sealed record UnderSc(LittleProgram Program);

/// <summary>A random program with fences, for a machine with store buffers.</summary>
public sealed record UnderTso(LittleProgram Program);

/// <summary>Generates little programs, and makes those smaller that fail.</summary>
public static class LittleProgramGenerator
{
    /// <summary>Programs for sequential consistency.</summary>
    public static Arbitrary<UnderSc> Sc()
        => Arb.From(
            Programs(MemoryModel.Sc).Select(program => new UnderSc(program)),
            failed => RandomPrograms.Shrink(failed.Program).Select(program => new UnderSc(program)));

    /// <summary>Programs for store buffers.</summary>
    public static Arbitrary<UnderTso> Tso()
        => Arb.From(
            Programs(MemoryModel.Tso).Select(program => new UnderTso(program)),
            failed => RandomPrograms.Shrink(failed.Program).Select(program => new UnderTso(program)));

    /// <summary>Every second program has the rarer instructions too.</summary>
    private static Gen<LittleProgram> Programs(MemoryModel memory)
        => Gen.Choose(0, int.MaxValue).Select(
            seed => RandomPrograms.Make(seed, memory, seed % 2 == 0 ? [] : RandomPrograms.Rare));
}
