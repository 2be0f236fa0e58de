/*
 * Runs cases on the processor, one instruction at a time. Each case is a state of the registers, a window of
 * memory and some code; after every instruction the state, the window and the signal are written out.
 *
 * There is one process and no debugger: the trap flag is set, so every instruction ends in SIGTRAP or in the
 * signal of its fault, and the handler notes the state and puts the next one into its signal frame.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE ((uint8_t *)0x10000000) /* one page, readable and executable; nothing around it */
#define DATA ((uint8_t *)0x20000000) /* one page to write, one to read, nothing around them */
#define PAGE 4096
#define WINDOW 256                   /* the end of the page to write */
#define ENTRY 0x100                  /* where code begins in its page */
#define TF 0x100
#define GS_BASE 0x700000000000      /* nothing else uses gs */

struct state {
	uint64_t g[16], ip, flags, xmm[32], mxcsr;
};

struct work {
	struct state state;
	uint64_t steps;
	uint8_t code[64];
	uint8_t window[WINDOW];
};

struct result {
	uint64_t number, step;
	struct state state;
	uint64_t signal, code, address, trap, page;
	uint8_t window[WINDOW];
};

static const int places[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static struct work *works;
static size_t count, number = -1;
static uint64_t step;
static uint8_t clean[PAGE];
static struct result result;
static uint64_t segments;

static uint64_t sum(const uint8_t *page)
{
	uint64_t h = 0xcbf29ce484222325, word;

	for (int i = 0; i < PAGE; i += 8) {
		memcpy(&word, page + i, 8);
		h = (h ^ word) * 0x100000001b3;
	}
	return h;
}

static void put(ucontext_t *uc, const struct state *s)
{
	struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;
	uint32_t *reserved = (uint32_t *)((uint8_t *)fp + 464);

	for (int i = 0; i < 16; i++)
		uc->uc_mcontext.gregs[places[i]] = s->g[i];
	uc->uc_mcontext.gregs[REG_RIP] = s->ip;
	uc->uc_mcontext.gregs[REG_EFL] = s->flags | TF;
	uc->uc_mcontext.gregs[REG_CSGSFS] = segments;
	memcpy(fp->_xmm, s->xmm, sizeof s->xmm);
	fp->mxcsr = s->mxcsr;
	if (reserved[0] == 0x46505853) /* FP_XSTATE_MAGIC1: the frame says which parts it holds */
		*(uint64_t *)((uint8_t *)fp + 512) |= 3;
}

static void take(const ucontext_t *uc, struct state *s)
{
	for (int i = 0; i < 16; i++)
		s->g[i] = uc->uc_mcontext.gregs[places[i]];
	s->ip = uc->uc_mcontext.gregs[REG_RIP];
	s->flags = uc->uc_mcontext.gregs[REG_EFL];
	memcpy(s->xmm, uc->uc_mcontext.fpregs->_xmm, sizeof s->xmm);
	s->mxcsr = uc->uc_mcontext.fpregs->mxcsr;
}

static void next(ucontext_t *uc)
{
	const struct work *w;

	if (++number == count) {
		fflush(stdout);
		_exit(0);
	}
	w = &works[number];
	step = 0;
	memset(CODE, 0, PAGE);
	memcpy(CODE + ENTRY, w->code, sizeof w->code);
	memcpy(DATA, clean, PAGE - WINDOW);
	memcpy(DATA + PAGE - WINDOW, w->window, WINDOW);
	put(uc, &w->state);
}

static void handle(int signal, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	int traced;

	/* AC, ID and NT of the program are neither for the handler nor for the next case: sigreturn does not clear them. */
	__asm__ volatile("pushfq; andq $~0x244000, (%%rsp); popfq" ::: "memory", "cc");
	if (number == (size_t)-1) {
		segments = uc->uc_mcontext.gregs[REG_CSGSFS];
		next(uc);
		return;
	}
	result.number = number;
	result.step = step++;
	take(uc, &result.state);
	result.signal = signal;
	result.code = (int64_t)info->si_code;
	result.address = (uint64_t)info->si_addr;
	result.trap = uc->uc_mcontext.gregs[REG_TRAPNO];
	result.page = sum(DATA);
	memcpy(result.window, DATA + PAGE - WINDOW, WINDOW);
	if (fwrite(&result, sizeof result, 1, stdout) != 1)
		_exit(3);
	traced = signal == SIGTRAP && result.trap == 1;
	if (traced && step < works[number].steps)
		uc->uc_mcontext.gregs[REG_EFL] |= TF;
	else
		next(uc);
}

int main(void)
{
	static const int signals[] = { SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	static char stack[1 << 16], buffer[1 << 20];
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	const int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	size_t room = 0, got;
	int all = PROT_READ | PROT_WRITE | PROT_EXEC;

	do {
		works = realloc(works, (room += 4096) * sizeof *works);
		if (!works)
			return 2;
		got = fread(works + count, sizeof *works, 4096, stdin);
		count += got;
	} while (got == 4096);
	if (mmap(CODE, PAGE, all, how, -1, 0) != CODE || mmap(DATA, 2 * PAGE, all & ~PROT_EXEC, how, -1, 0) != DATA)
		return 2;
	for (int i = 0; i < PAGE; i++)
		DATA[PAGE + i] = clean[i] = i * 7 + (i >> 8);
	mprotect(DATA + PAGE, PAGE, PROT_READ);
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	sigaltstack(&alternate, NULL);
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE))
		return 2;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
	__asm__ volatile("int3");
	return 4;
}
