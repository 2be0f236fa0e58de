using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>What copy_from_user() gives.</summary>
/// <param name="Copied">The bytes that could be read, from the first on.</param>
/// <param name="NotCopied">How many are missing.</param>
public readonly record struct CopiedBytes(Bytes Copied, int NotCopied);

/// <summary>The kernel copies from and to user memory. Source: arch/x86/lib/usercopy_64.c.</summary>
/// <remarks>
/// Context: a fiber that uses the address space, with no lock held; may sleep. In explored mode each
/// aligned word is a step, so others may see a copy half done, and it may see theirs.
/// </remarks>
public static class UserCopy
{
    /// <summary>copy_from_user(): reads up to the first byte that cannot be read.</summary>
    public static async Op<CopiedBytes> CopyFromUser(this MmStruct mm, Cpu cpu, ulong address, int count)
    {
        Bytes copied = Bytes.Empty;
        if (!Paging.IsUserRange(address, (ulong)count))
        {
            return new CopiedBytes(copied, count);
        }

        while (copied.Length < count)
        {
            ulong from = address + (ulong)copied.Length;
            Reach reach = await mm.ReachPage(cpu, from, AccessKind.Read, 0);
            if (reach.Page is null)
            {
                break;
            }

            if (cpu.Machine.IsDirect)
            {
                copied = copied.With(PlainBytes(reach.Page.Words.Plain, from, count - copied.Length));
            }
            else
            {
                int part = PartOf(from, count - copied.Length);
                copied = copied.With(await UserAccess.LoadWord(cpu, reach.Page, from, part), part);
            }
        }

        return new CopiedBytes(copied, count - copied.Length);
    }

    /// <summary>copy_to_user(): writes up to the first byte that cannot be written.</summary>
    /// <returns>How many bytes were not written; the others were.</returns>
    public static async Op<int> CopyToUser(this MmStruct mm, Cpu cpu, ulong address, Bytes bytes)
    {
        if (!Paging.IsUserRange(address, (ulong)bytes.Length))
        {
            return bytes.Length;
        }

        int done = 0;
        while (done < bytes.Length)
        {
            ulong to = address + (ulong)done;
            Reach reach = await mm.ReachPage(cpu, to, AccessKind.Write, 0);
            if (reach.Page is null)
            {
                break;
            }

            if (cpu.Machine.IsDirect)
            {
                done += WritePlain(reach.Page, to, bytes.Span[done..]);
            }
            else
            {
                int part = PartOf(to, bytes.Length - done);
                await UserAccess.StoreWord(cpu, reach.Page, to, part, bytes.Word(done, part));
                done += part;
            }
        }

        return bytes.Length - done;
    }

    /// <summary>strncpy_from_user(): reads a text that ends with a zero byte.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="cpu">Who copies.</param>
    /// <param name="address">Where the text begins.</param>
    /// <param name="limit">Most bytes, without the zero.</param>
    /// <returns>
    /// The text without the zero; EFAULT when it cannot be read to its end. A text of <paramref name="limit"/>
    /// bytes may be longer.
    /// </returns>
    public static async Op<(Bytes Text, Errno Error)> CopyText(this MmStruct mm, Cpu cpu, ulong address, int limit)
    {
        Bytes text = Bytes.Empty;
        while (text.Length < limit)
        {
            ulong from = address + (ulong)text.Length;
            CopiedBytes part = await mm.CopyFromUser(cpu, from, Math.Min(PartOf(from, 8), limit - text.Length));
            int end = part.Copied.Span.IndexOf((byte)0);
            text = text.With(end < 0 ? part.Copied.Span : part.Copied.Span[..end]);
            if (end >= 0)
            {
                return (text, Errno.None);
            }

            if (part.NotCopied > 0)
            {
                return (text, Errno.EFAULT);
            }
        }

        return (text, Errno.None);
    }

    /// <summary>How many bytes of a copy lie in the word at an address.</summary>
    internal static int PartOf(ulong address, int left) => Math.Min(left, 8 - (int)(address & 7));

    /// <summary>The bytes from an address on, to the end of its page at most; direct mode only.</summary>
    internal static ReadOnlySpan<byte> PlainBytes(long[] words, ulong address, int most)
    {
        int offset = (int)Paging.Offset(address);
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan());
        return bytes.Slice(offset, Math.Min(most, bytes.Length - offset));
    }

    /// <summary>Writes to the end of a page at most; direct mode only.</summary>
    /// <returns>How many bytes were written.</returns>
    internal static int WritePlain(Page page, ulong address, ReadOnlySpan<byte> bytes)
    {
        int offset = (int)Paging.Offset(address);
        Span<byte> place = System.Runtime.InteropServices.MemoryMarshal.AsBytes(page.Words.Plain.AsSpan())[offset..];
        int count = Math.Min(place.Length, bytes.Length);
        bytes[..count].CopyTo(place);
        return count;
    }
}
