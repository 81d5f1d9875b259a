/* fib with the overflow checks that wat has; compiled with -O2 -fno-inline as well as plain -O2. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static long fib(long n) {
  if (n < 2) return n;
  long a, b, s;
  if (__builtin_sub_overflow(n, 1L, &a)) abort();
  if (__builtin_sub_overflow(n, 2L, &b)) abort();
  if (__builtin_add_overflow(fib(a), fib(b), &s)) abort();
  return s;
}
int main(int argc, char **argv) {
  long n = atol(argv[1]);
  struct timespec s, e;
  clock_gettime(CLOCK_MONOTONIC, &s);
  long v = fib(n);
  clock_gettime(CLOCK_MONOTONIC, &e);
  fprintf(stderr, "%ld\n", v);
  printf("%.0f\n", (e.tv_sec - s.tv_sec) * 1e9 + (e.tv_nsec - s.tv_nsec));
  return 0;
}
