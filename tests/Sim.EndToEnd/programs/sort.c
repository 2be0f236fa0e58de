#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int main(void)
{
    int a[1000];
    unsigned s = 1;
    for (int i = 0; i < 1000; i++) {
        s = s * 1103515245 + 12345;
        a[i] = (s >> 8) % 10000;
    }
    qsort(a, 1000, sizeof *a, compare);
    for (int i = 0; i < 1000; i += 100)
        printf("%d ", a[i]);
    char b[100];
    memset(b, 'x', 99);
    b[99] = 0;
    printf("\n%zu %s %x %s\n", strlen(b), strstr("hello world", "wor"), 255, b + 90);
    volatile double pi = 3.14159;
    printf("%.6f %5.2e\n", pi * 2, pi / 1000);
    return 3;
}
