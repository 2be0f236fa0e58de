/* Threads that take turns by a mutex and a condition, with thread data of their own; then a pipe between processes. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static __thread int mine;
static long total;
static int turn;

static void *work(void *arg)
{
    int me = (int)(long)arg;
    for (int round = 0; round < 3; round++) {
        pthread_mutex_lock(&lock);
        while (turn % 4 != me)
            pthread_cond_wait(&changed, &lock);
        mine += me + 1;
        total += mine;
        printf("thread %d round %d mine %d total %ld\n", me, round, mine, total);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return (void *)(long)(mine * 10);
}

int main(void)
{
    pthread_t threads[4];
    setvbuf(stdout, NULL, _IOLBF, 0);
    mine = 1000;
    for (long i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)i))
            return 1;
    void *results[4];
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], &results[i]);
    for (int i = 0; i < 4; i++)
        printf("joined %d: %ld\n", i, (long)results[i]);
    printf("main mine %d total %ld\n", mine, total);
    int fds[2];
    if (pipe(fds)) return 2;
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        FILE *out = fdopen(fds[1], "w");
        for (int i = 0; i < 1000; i++) fprintf(out, "line %d %f\n", i, i / 7.0);
        fclose(out);
        _exit(5);
    }
    close(fds[1]);
    FILE *in = fdopen(fds[0], "r");
    char text[100]; int lines = 0; unsigned hash = 0;
    while (fgets(text, sizeof text, in)) { lines++; for (char *c = text; *c; c++) hash = hash * 31 + *c; }
    int status;
    waitpid(child, &status, 0);
    printf("%d lines, hash %08x, status %x\n", lines, hash, status);
    return 7;
}
