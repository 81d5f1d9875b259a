/* The floor for children abreast: posix_spawn of ECHO with two pipes, COUNT times; then a line to each, then the reply of
   each. Prints nanoseconds per child until the last reply. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
extern char **environ;
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}
int main(int argc, char **argv) {
  if (argc < 3) return 64;
  char *echo = argv[1];
  int count = atoi(argv[2]);
  const char *line = "#user/Ping {:n 12345}\n";
  size_t len = strlen(line);
  int (*ends)[2] = calloc(count, sizeof *ends);
  double start = now();
  for (int i = 0; i < count; i++) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) return 1;
    posix_spawn_file_actions_t fa;
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_adddup2(&fa, in[0], 0);
    posix_spawn_file_actions_adddup2(&fa, out[1], 1);
    pid_t pid;
    char *args[] = {echo, 0};
    if (posix_spawn(&pid, echo, &fa, 0, args, environ)) return 1;
    posix_spawn_file_actions_destroy(&fa);
    close(in[0]);
    close(out[1]);
    ends[i][0] = out[0];
    ends[i][1] = in[1];
  }
  for (int i = 0; i < count; i++)
    if (write(ends[i][1], line, len) != (ssize_t)len) return 1;
  for (int i = 0; i < count; i++) {
    char buf[256];
    if (read(ends[i][0], buf, sizeof buf) != (ssize_t)len) return 1;
  }
  printf("%.0f\n", (now() - start) / count);
  for (int i = 0; i < count; i++) close(ends[i][1]);
  while (wait(0) > 0) {}
  return 0;
}
