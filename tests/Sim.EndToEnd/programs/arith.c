/* Arithmetic of every width on edge values: what a processor has instructions of its own for. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint64_t edges[] = {
    0, 1, 2, 3, 7, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
    0x100000000, 0x123456789abcdef0, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff,
};
static const double reals[] = { 0.0, -0.0, 1.0, -1.5, 3.25, 1e10, -1e-10, 123456789.125, 1e300, 5e-324 };
static uint64_t sum;

static void say(const char *what, uint64_t value)
{
    sum = (sum ^ value) * 0x100000001b3;
    if ((sum & 63) == 0)
    {
        printf("%s %llx\n", what, (unsigned long long)value);
    }
}

static void whole(uint64_t a, uint64_t b)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    uint32_t wa = (uint32_t)a, wb = (uint32_t)b;
    int32_t xa = (int32_t)wa, xb = (int32_t)wb;
    uint64_t carry;
    int64_t over;
    int32_t over32;
    say("add", a + b);
    say("sub", a - b);
    say("mul", a * b);
    say("mul32", (uint64_t)wa * wb);
    say("smul32", (uint64_t)((int64_t)xa * xb));
    say("and", a & b);
    say("nor", ~(a | b));
    say("eqv", ~(a ^ b));
    say("andc", a & ~b);
    say("carry", __builtin_add_overflow(a, b, &carry) + 2 * carry);
    say("over", (uint64_t)__builtin_mul_overflow(sa, sb, &over));
    say("over32", (uint64_t)__builtin_sub_overflow(xa, xb, &over32) + (uint32_t)over32);
    if (b != 0 && !(sa == INT64_MIN && sb == -1))
    {
        say("div", a / b);
        say("rem", a % b);
        say("sdiv", (uint64_t)(sa / sb));
        say("srem", (uint64_t)(sa % sb));
    }

    if (wb != 0 && !(xa == INT32_MIN && xb == -1))
    {
        say("div32", wa / wb);
        say("sdiv32", (uint64_t)(int64_t)(xa / xb));
    }

    unsigned n = (unsigned)b & 63, m = (unsigned)b & 31;
    say("shl", a << n);
    say("shr", a >> n);
    say("sar", (uint64_t)(sa >> n));
    say("sar32", (uint64_t)(int64_t)(xa >> m));
    say("rol", (a << n) | (a >> ((64 - n) & 63)));
    say("rol32", (wa << m) | (wa >> ((32 - m) & 31)));
    say("swap", __builtin_bswap64(a) + __builtin_bswap32(wb) + __builtin_bswap16((uint16_t)a));
    say("clz", a ? (uint64_t)__builtin_clzll(a) : 64);
    say("ctz", a ? (uint64_t)__builtin_ctzll(a) : 64);
    say("pop", (uint64_t)__builtin_popcountll(a));
    say("less", (uint64_t)(a < b) + 2 * (sa < sb) + 4 * (wa < wb) + 8 * (xa < xb));
    say("bytes", (uint64_t)(int64_t)(int8_t)a + (uint64_t)(int64_t)(int16_t)b);
#ifdef __SIZEOF_INT128__
    unsigned __int128 wide = (unsigned __int128)a * b;
    say("high", (uint64_t)(wide >> 64));
    __int128 swide = (__int128)sa * sb;
    say("shigh", (uint64_t)(swide >> 64));
    wide += ((unsigned __int128)b << 64) | a;
    say("sum128", (uint64_t)(wide >> 64) ^ (uint64_t)wide);
#endif
}

static uint64_t bits(double x)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    return x != x ? 0x7ff8000000000000 : word;
}

static void real(double a, double b)
{
    float fa = (float)a, fb = (float)b;
    say("fadd", bits(a + b));
    say("fsub", bits(a - b));
    say("fmul", bits(a * b));
    say("fdiv", bits(a / b));
    say("fadd32", bits((double)(fa + fb)));
    say("fdiv32", bits((double)(fa / fb)));
    say("flt", (uint64_t)(a < b) + 2 * (a == b) + 4 * (a >= b) + 8 * !(a > b));
    if (a > -9e18 && a < 9e18)
    {
        say("toint", (uint64_t)(int64_t)a);
    }

    if (a > -2e9 && a < 2e9)
    {
        say("toint32", (uint64_t)(int64_t)(int32_t)a);
    }

    say("negabs", bits(-__builtin_fabs(a)));
}

int main(void)
{
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
    {
        for (size_t k = 0; k < sizeof edges / sizeof *edges; k++)
        {
            whole(edges[i], edges[k]);
        }

        say("real", bits((double)edges[i]));
        say("sreal", bits((double)(int64_t)edges[i]));
        say("real32", bits((double)(float)(int32_t)edges[i]));
    }

    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
    {
        for (size_t k = 0; k < sizeof reals / sizeof *reals; k++)
        {
            real(reals[i], reals[k]);
        }
    }

    uint64_t seed = 88172645463325252;
    for (int i = 0; i < 20000; i++)
    {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        uint64_t other = seed * 0x9e3779b97f4a7c15;
        whole(seed >> (i & 63), other >> ((i >> 3) & 63));
        if ((i & 7) == 0)
        {
            real((double)(int64_t)seed / 1024.0, (double)(int64_t)other / 65536.0);
        }
    }

    printf("sum %llx\n", (unsigned long long)sum);
    return (int)(sum & 63);
}
