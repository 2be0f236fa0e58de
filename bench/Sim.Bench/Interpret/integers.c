/*
 * Integer work without a C library: what it prints depends on every part of it. The first argument is the number
 * of rounds. Compiled with -O2 -ffreestanding -nostdlib -static.
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

enum { Limit = 20000, Count = 1000, Side = 24 };

static u8 composite[Limit];
static u32 numbers[Count];
static u32 table[256];
static u64 left[Side][Side], right[Side][Side], product[Side][Side];

static long call(long number, long a, long b, long c)
{
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
#else
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    __asm__ volatile("sc" : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5)
        : : "memory", "cr0", "ctr", "r6", "r7", "r8", "r9", "r10", "r11", "r12");
    return r3;
#endif
}

#if defined(__x86_64__)
enum { Write = 1, Exit = 60 };
__asm__(".globl _start\n_start: mov %rsp,%rdi\n and $-16,%rsp\n call begin\n");
#else
enum { Write = 4, Exit = 1 };
__asm__(".section \".opd\",\"aw\"\n.globl _start\n_start: .quad .L.start,.TOC.@tocbase,0\n.text\n"
    ".L.start: mr 3,1\n clrrdi 1,1,4\n li 0,0\n stdu 1,-128(1)\n bl begin\n nop\n");
#endif

static u32 sieve(void)
{
    u32 primes = 0;
    for (u32 i = 2; i < Limit; i++)
    {
        composite[i] = 0;
    }

    for (u32 i = 2; i < Limit; i++)
    {
        if (!composite[i])
        {
            primes++;
            for (u32 j = 2 * i; j < Limit; j += i)
            {
                composite[j] = 1;
            }
        }
    }

    return primes;
}

static void sort(u32 *from, long count)
{
    for (long gap = count / 2; gap > 0; gap /= 2)
    {
        for (long i = gap; i < count; i++)
        {
            u32 moved = from[i];
            long j = i;
            for (; j >= gap && from[j - gap] > moved; j -= gap)
            {
                from[j] = from[j - gap];
            }

            from[j] = moved;
        }
    }
}

static u32 checksum(const u8 *bytes, u32 count)
{
    u32 sum = ~0u;
    for (u32 i = 0; i < count; i++)
    {
        sum = table[(sum ^ bytes[i]) & 255] ^ (sum >> 8);
    }

    return ~sum;
}

static u64 matrices(u64 seed)
{
    for (int i = 0; i < Side; i++)
    {
        for (int j = 0; j < Side; j++)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            left[i][j] = seed >> 33;
            right[i][j] = seed & 0xffff;
        }
    }

    u64 sum = 0;
    for (int i = 0; i < Side; i++)
    {
        for (int j = 0; j < Side; j++)
        {
            u64 cell = 0;
            for (int k = 0; k < Side; k++)
            {
                cell += left[i][k] * right[k][j];
            }

            product[i][j] = cell;
            sum ^= cell + (u64)j;
        }
    }

    return sum;
}

static __attribute__((noinline)) u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

void begin(char **stack)
{
    u32 rounds = 0;
    for (const char *digit = stack[2]; stack[1] && digit && *digit; digit++)
    {
        rounds = (10 * rounds) + (u32)(*digit - '0');
    }

    /* Who steps begins behind this call. */
    call(Write, 1, 0, 0);
    for (u32 i = 0; i < 256; i++)
    {
        u32 entry = i;
        for (int bit = 0; bit < 8; bit++)
        {
            entry = (entry & 1) ? (entry >> 1) ^ 0xedb88320u : entry >> 1;
        }

        table[i] = entry;
    }

    u64 result = 1;
    for (u32 round = 0; round < rounds; round++)
    {
        result = (result * 31) + sieve();
        for (u32 i = 0; i < Count; i++)
        {
            numbers[i] = (u32)(result >> 7) * (2654435761u + i) ^ (i << 13);
        }

        sort(numbers, Count);
        result ^= numbers[(u32)result % Count];
        result += checksum(composite, Limit);
        result ^= matrices(result);
        result += fibonacci(18);
    }

    char text[17];
    for (int i = 0; i < 16; i++)
    {
        text[i] = "0123456789abcdef"[(result >> (60 - (4 * i))) & 15];
    }

    text[16] = '\n';
    call(Write, 1, (long)text, 17);
    call(Exit, 0, 0, 0);
}
