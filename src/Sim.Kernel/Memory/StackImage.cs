using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel.Syscalls;
using Sim.Machine.Ops;

namespace Sim.Kernel.Memory;

/// <summary>An entry of the auxiliary vector.</summary>
/// <param name="Type">AT_*.</param>
/// <param name="Value">What it says.</param>
[Immutable]
public readonly record struct AuxiliaryEntry(ulong Type, ulong Value);

/// <summary>
/// What a new program finds on its stack: argc, the arguments, the environment, the auxiliary vector, and
/// above them the texts. Source: fs/exec.c copy_strings(), fs/binfmt_elf.c
/// create_elf_tables().
/// </summary>
/// <param name="StackPointer">Where it begins: the stack pointer of the first instruction.</param>
/// <param name="Content">The bytes from there to the end of the stack.</param>
[Immutable]
public sealed record StackImage(ulong StackPointer, Bytes Content)
{
    /// <summary>AT_PLATFORM.</summary>
    public const ulong Platform = 15;

    /// <summary>AT_RANDOM.</summary>
    public const ulong Random = 25;

    /// <summary>AT_EXECFN.</summary>
    public const ulong FileName = 31;

    /// <summary>The end of the stack, and of the address space.</summary>
    public ulong Top { get; init; } = Paging.TaskSize;

    /// <summary>Whether the stack may be executed: PT_GNU_STACK with PF_X, or none; EXSTACK_ENABLE_X.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>Lays a stack out.</summary>
    /// <param name="top">The end of the stack: STACK_TOP.</param>
    /// <param name="fileName">The path of the program.</param>
    /// <param name="arguments">argv, without the zero bytes.</param>
    /// <param name="environment">envp, without the zero bytes.</param>
    /// <param name="platform">What AT_PLATFORM names.</param>
    /// <param name="random">The 16 bytes of AT_RANDOM.</param>
    /// <param name="entries">
    /// The auxiliary vector but its end, AT_RANDOM, AT_EXECFN and AT_PLATFORM, which follow in this order.
    /// </param>
    /// <param name="layout">How long a word is, and the order of its bytes; null for those of x86_64.</param>
    public static StackImage Build(
        ulong top,
        Bytes fileName,
        ImmutableArray<Bytes> arguments,
        ImmutableArray<Bytes> environment,
        Bytes platform,
        Bytes random,
        ImmutableArray<AuxiliaryEntry> entries,
        UserLayout? layout = null)
    {
        var memory = new Memory(top, layout ?? new UserLayout(8, false));
        memory.Take(8);
        ulong name = memory.PushText(fileName);
        ulong[] variables = memory.PushTexts(environment);
        ulong[] texts = memory.PushTexts(arguments);
        memory.Align();
        ulong platformText = memory.PushText(platform);
        ulong randomBytes = memory.Push(random);
        ImmutableArray<AuxiliaryEntry> auxiliary =
        [
            .. entries, new(Random, randomBytes), new(FileName, name), new(Platform, platformText), default,
        ];

        memory.TakeWords((2 * auxiliary.Length) + 1 + texts.Length + 1 + variables.Length + 1);
        memory.Align();
        ulong[] words =
        [
            (ulong)texts.Length, .. texts, 0, .. variables, 0,
            .. auxiliary.SelectMany(entry => (ulong[])[entry.Type, entry.Value]),
        ];
        memory.Write(words);
        return new StackImage(memory.Bottom, memory.Content) { Top = top };
    }

    /// <summary>The end of a stack that is being filled from above.</summary>
    private readonly ref struct Memory(ulong top, UserLayout layout)
    {
        private readonly List<byte> _reversed = [];

        internal ulong Bottom => top - (ulong)_reversed.Count;

        internal Bytes Content
        {
            get
            {
                byte[] bytes = [.. _reversed];
                Array.Reverse(bytes);
                return Bytes.Of(bytes);
            }
        }

        internal void Take(ulong count) => _reversed.AddRange(new byte[count]);

        internal void TakeWords(int count) => Take((ulong)(count * layout.WordSize));

        internal void Align() => Take(Bottom & 15);

        internal ulong PushText(Bytes text)
        {
            Take(1);
            return Push(text);
        }

        internal ulong Push(Bytes bytes)
        {
            for (int i = bytes.Length - 1; i >= 0; i--)
            {
                _reversed.Add(bytes.Span[i]);
            }

            return Bottom;
        }

        internal ulong[] PushTexts(ImmutableArray<Bytes> texts)
        {
            var places = new ulong[texts.Length];
            for (int i = texts.Length - 1; i >= 0; i--)
            {
                places[i] = PushText(texts[i]);
            }

            return places;
        }

        /// <summary>Fills the lowest bytes, which were taken, with words.</summary>
        internal void Write(ulong[] words)
        {
            Span<byte> word = stackalloc byte[8];
            for (int i = 0; i < words.Length; i++)
            {
                word.PutWord(0, layout.WordSize, words[i], layout.IsBigEndian);
                for (int k = 0; k < layout.WordSize; k++)
                {
                    _reversed[_reversed.Count - 1 - (i * layout.WordSize) - k] = word[k];
                }
            }
        }
    }
}
