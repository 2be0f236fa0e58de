/*
 * What the simulator's dispatch path is held against: the same steps over plain memory. For every engine of a
 * list: store "reporting", full fence, load flags and operations, call, and keep the books of the answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EVENT 0x80UL
#define QUIESCE 0x1UL
#define STOP_BIT 0x4000UL

struct engine;

struct operations {
	unsigned (*quiesce)(unsigned action, struct engine *engine, unsigned long during);
	unsigned (*event)(unsigned action, struct engine *engine);
};

struct engine {
	struct engine *next;
	const struct operations *volatile operations;
	volatile unsigned long flags;
};

struct task {
	volatile unsigned long flags;
	struct engine *engines;
	struct engine *volatile reporting;
	volatile unsigned resume;
	volatile int pending;
};

struct report {
	unsigned result, action, resume;
	int detaches, spurious;
};

static const struct operations gone;
static int fences;

static inline __attribute__((always_inline)) void fence(int real)
{
	if (real)
		__asm__ __volatile__("mfence" ::: "memory");
	else
		__asm__ __volatile__("" ::: "memory");
}

static inline __attribute__((always_inline)) int finish(
	struct task *task, struct report *report, struct engine *engine, unsigned answer)
{
	unsigned action = answer & 7;
	int detached;

	report->result = answer & ~7U;
	detached = engine->operations == &gone;
	if (detached) {
		report->detaches = 1;
	} else {
		if (action < report->action)
			report->action = action;
		if (action && action < report->resume)
			report->resume = action;
		if (engine->flags & STOP_BIT)
			abort();
	}
	task->reporting = NULL;
	return detached;
}

static inline __attribute__((always_inline)) void walk(struct task *task, int real)
{
	struct report report = { 0, 5, 5, 0, 1 };
	struct engine *engine;

	if (task->pending || (task->resume > 1 && task->resume < 5))
		abort();
	for (engine = task->engines; engine; engine = engine->next) {
		unsigned long want;
		const struct operations *operations;

		task->reporting = engine;
		fence(real);
		want = engine->flags;
		operations = engine->operations;
		if (want & QUIESCE) {
			if (finish(task, &report, engine, operations->quiesce(report.action, engine, EVENT)))
				continue;
			task->reporting = engine;
			fence(real);
			want = engine->flags;
		}
		if (want & STOP_BIT)
			report.action = 0;
		if (want & EVENT) {
			report.spurious = 0;
			finish(task, &report, engine, operations->event(report.action, engine));
		} else {
			task->reporting = NULL;
		}
	}
	if (report.action < task->resume || report.spurious || report.detaches)
		task->pending = 0;
}

static __attribute__((noinline)) void report_real(struct task *task) { walk(task, 1); }
static __attribute__((noinline)) void report_none(struct task *task) { walk(task, 0); }

static __attribute__((noinline)) void hook(struct task *task)
{
	if (task->flags & EVENT) {
		if (fences)
			report_real(task);
		else
			report_none(task);
	}
}

static __attribute__((noinline)) unsigned say_quiesce(unsigned action, struct engine *engine, unsigned long during)
{
	(void)action, (void)engine, (void)during;
	return 5;
}

static __attribute__((noinline)) unsigned say_event(unsigned action, struct engine *engine)
{
	(void)action, (void)engine;
	return 5;
}

int main(int argc, char **argv)
{
	static const struct operations operations = { say_quiesce, say_event };
	long rounds = argc > 4 ? atol(argv[4]) : 1000000;
	int engines = argc > 1 ? atoi(argv[1]) : 1, i;
	struct task task = { 0 };
	struct timespec begin, end;
	double best = 1e18;
	int run;

	fences = argc > 3 && atoi(argv[3]);
	task.resume = 5;
	for (i = 0; i < engines; i++) {
		struct engine *engine = calloc(1, sizeof(*engine));

		engine->operations = &operations;
		engine->flags = EVENT | (argc > 2 && atoi(argv[2]) ? QUIESCE : 0);
		engine->next = task.engines;
		task.engines = engine;
		task.flags |= engine->flags;
	}
	for (run = 0; run < 7; run++) {
		double each;

		clock_gettime(CLOCK_MONOTONIC, &begin);
		for (long round = 0; round < rounds; round++)
			hook(&task);
		clock_gettime(CLOCK_MONOTONIC, &end);
		each = ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / rounds;
		if (each < best)
			best = each;
	}
	printf("%.3f\n", best);
	return 0;
}
