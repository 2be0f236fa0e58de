/* Executes itself in a child, with arguments and an environment, and then a file that there is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "again")) {
        printf("argc %d argv2 %s env %s\n", argc, argv[2], getenv("SIM_WORD"));
        return 9;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) {
        char *args[] = { argv[0], "again", "word", NULL };
        char *env[] = { "SIM_WORD=hello", NULL };
        execve(argv[0], args, env);
        perror("execve");
        _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    printf("status %x\n", status);
    execl("/nonexistent", "x", NULL);
    perror("execl");
    return 3;
}
