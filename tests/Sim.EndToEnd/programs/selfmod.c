/* Code that is written while it is being used: in place, behind mprotect() and munmap(), and by the code itself. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

typedef int (*function)(void);

static void put(unsigned char *at, int answer)
{
    /* mov $answer,%eax; ret */
    at[0] = 0xb8;
    memcpy(at + 1, &answer, 4);
    at[5] = 0xc3;
}

int main(void)
{
    const int all = PROT_READ | PROT_WRITE | PROT_EXEC;
    unsigned char *code = mmap(0, 8192, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long sum = 0;
    for (int i = 0; i < 1000; i++)
    {
        put(code, i);
        put(code + 4093, 7 * i);
        sum = (sum * 31) + ((function)code)() + ((function)(code + 4093))();
    }

    printf("in place %ld\n", sum);
    for (int i = 0; i < 10; i++)
    {
        mprotect(code, 4096, PROT_READ | PROT_WRITE);
        put(code, 1000 + i);
        mprotect(code, 4096, PROT_READ | PROT_EXEC);
        sum = (sum * 31) + ((function)code)();
        munmap(code, 8192);
        code = mmap(code, 8192, all, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        put(code, 2000 + i);
        sum = (sum * 31) + ((function)code)();
    }

    printf("mapped anew %ld\n", sum);

    /* lea 1f(%rip),%rcx; movb $42,1(%rcx); 1: mov $1,%eax; ret: writes into the instruction behind the write. */
    static const unsigned char itself[] = { 0x48, 0x8d, 0x0d, 4, 0, 0, 0, 0xc6, 0x41, 1, 42, 0xb8, 1, 0, 0, 0, 0xc3 };
    memcpy(code, itself, sizeof itself);
    printf("itself %d\n", ((function)code)());
    return 0;
}
