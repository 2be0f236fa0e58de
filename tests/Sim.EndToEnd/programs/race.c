/* Two threads add to a word without a lock: what is lost depends on who runs when. */
#include <pthread.h>
#include <stdio.h>

static volatile int word;

static void *work(void *arg)
{
    for (int i = 0; i < 1000; i++)
        word++;
    return arg;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", word);
    return 0;
}
