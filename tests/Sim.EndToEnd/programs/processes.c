#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int got;

static void handler(int signal)
{
    got = signal;
}

int main(void)
{
    int p[2], status;
    char b[8] = {0};
    if (pipe(p))
        return 1;
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    printf("got %d\n", got);
    fflush(stdout);
    pid_t child = fork();
    if (!child)
        _exit(write(p[1], "abc", 3) == 3 ? 5 : 6);
    if (read(p[0], b, 3) != 3)
        return 2;
    waitpid(child, &status, 0);
    printf("%s %d\n", b, WEXITSTATUS(status));
    fflush(stdout);
    child = fork();
    if (!child)
        *(volatile int *)8 = 1;
    waitpid(child, &status, 0);
    printf("signal %d\n", WTERMSIG(status));
    return 0;
}
