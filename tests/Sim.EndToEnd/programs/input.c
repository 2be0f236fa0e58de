/* Numbers from standard input, and what becomes of them. */
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
int main(int argc, char **argv)
{
    char line[200]; int n = 0; double sum = 0; long double product = 1;
    while (fgets(line, sizeof line, stdin)) {
        n++;
        double v = strtod(line, NULL);
        sum += v; product *= v;
        printf("%d: %g, %Lf, %s", n, v, product, line);
    }
    printf("%d lines, sum %.10g, sqrt %.12f, product %.15Lg\n", n, sum, sqrt(sum), product);
    return n;
}
