/* The floor for a child: answers each line with the same line. Built statically, as wat is. */
#include <unistd.h>
int main(void) {
  char buf[65536];
  ssize_t n;
  while ((n = read(0, buf, sizeof buf)) > 0)
    if (write(1, buf, n) != n) return 1;
  return 0;
}
