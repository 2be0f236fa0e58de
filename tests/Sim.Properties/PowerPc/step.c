/*
 * Runs cases of powerpc instructions under an emulator. A case from standard input is registers, four words of code and
 * memory; what they are at the first signal goes to standard output. The registers are set by the return from
 * the handler of the signal before. FPSCR is set by the first word of each case, from f31. Everything is big-endian.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { Page = 4096, CodeWords = 4, WindowWords = 32, General = 32, Float = 32 };
enum { Nip = 32, Ctr = 35, Link = 36, Xer = 37, Cr = 38 };

#define CODE 0x20000000UL
#define ENTRY (CODE + 0x800)
#define DATA 0x30000000UL
#define WINDOW (DATA + 0x400)

struct state
{
    uint64_t g[General], cr, xer, ctr, lr, f[Float];
};

struct one
{
    struct state state;
    uint32_t code[CodeWords];
    uint64_t window[WindowWords];
};

struct outcome
{
    struct state state;
    uint64_t nip, fpscr, signo, code, address, sum;
    uint64_t window[WindowWords];
};

static struct one *cases;
static struct outcome *outcomes;
static long count, next = -1;
static struct state own;
static uint64_t own_nip;

static void get(const ucontext_t *context, struct state *state)
{
    const uint64_t *r = (const uint64_t *)context->uc_mcontext.gp_regs;
    const uint64_t *f = (const uint64_t *)context->uc_mcontext.fp_regs;
    for (int i = 0; i < General; i++)
    {
        state->g[i] = r[i];
        state->f[i] = f[i];
    }

    state->cr = r[Cr];
    state->xer = r[Xer];
    state->ctr = r[Ctr];
    state->lr = r[Link];
}

static void put(ucontext_t *context, const struct state *state, uint64_t nip)
{
    uint64_t *r = (uint64_t *)context->uc_mcontext.gp_regs;
    uint64_t *f = (uint64_t *)context->uc_mcontext.fp_regs;
    for (int i = 0; i < General; i++)
    {
        r[i] = state->g[i];
        f[i] = state->f[i];
    }

    r[Cr] = state->cr;
    r[Xer] = state->xer;
    r[Ctr] = state->ctr;
    r[Link] = state->lr;
    r[Nip] = nip;
}

static void step(int signal, siginfo_t *info, void *data)
{
    ucontext_t *context = data;
    if (next < 0)
    {
        get(context, &own);
        own_nip = ((uint64_t *)context->uc_mcontext.gp_regs)[Nip] + 4;
    }
    else
    {
        struct outcome *out = &outcomes[next];
        get(context, &out->state);
        out->nip = ((uint64_t *)context->uc_mcontext.gp_regs)[Nip];
        out->fpscr = ((uint64_t *)context->uc_mcontext.fp_regs)[32];
        out->signo = (uint64_t)signal;
        out->code = (uint64_t)info->si_code;
        out->address = (uint64_t)info->si_addr;
        for (int i = 0; i < WindowWords; i++)
        {
            out->window[i] = ((uint64_t *)WINDOW)[i];
        }

        out->sum = 0;
        for (int i = 0; i < Page / 8; i++)
        {
            out->sum = (out->sum * 31) + ((uint64_t *)DATA)[i];
            ((uint64_t *)DATA)[i] = 0;
        }
    }

    if (++next == count)
    {
        put(context, &own, own_nip);
        return;
    }

    struct one *one = &cases[next];
    for (int i = 0; i < WindowWords; i++)
    {
        ((uint64_t *)WINDOW)[i] = one->window[i];
    }

    for (int i = 0; i < CodeWords; i++)
    {
        ((volatile uint32_t *)ENTRY)[i] = one->code[i];
    }

    __asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; isync" : : "r"(ENTRY) : "memory");
    put(context, &one->state, ENTRY);
}

int main(void)
{
    size_t room = 1 << 20, length = 0;
    char *input = malloc(room);
    for (ssize_t got; (got = read(0, input + length, room - length)) > 0;)
    {
        length += (size_t)got;
        if (length == room && !(input = realloc(input, room *= 2)))
        {
            return 1;
        }
    }

    cases = (struct one *)input;
    count = (long)(length / sizeof(struct one));
    outcomes = calloc((size_t)count + 1, sizeof(struct outcome));
    const int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    uint32_t *code = mmap((void *)CODE, Page, PROT_READ | PROT_WRITE | PROT_EXEC, how, -1, 0);
    void *memory = mmap((void *)DATA, Page, PROT_READ | PROT_WRITE, how, -1, 0);
    if (!outcomes || code == MAP_FAILED || memory == MAP_FAILED || count == 0)
    {
        return 1;
    }

    for (int i = 0; i < Page / 4; i++)
    {
        code[i] = 0x7fe00008;
    }

    stack_t stack = { .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 };
    sigaltstack(&stack, 0);
    struct sigaction action = { .sa_sigaction = step, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    const int signals[] = { SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV };
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
    {
        sigaction(signals[i], &action, 0);
    }

    /* A case that goes round is a mistake of who made it. */
    alarm(50);
    __asm__ volatile("trap");
    const char *out = (const char *)outcomes;
    for (size_t left = (size_t)count * sizeof(struct outcome); left > 0;)
    {
        ssize_t done = write(1, out, left);
        if (done <= 0)
        {
            return 1;
        }

        out += done;
        left -= (size_t)done;
    }

    return 0;
}
