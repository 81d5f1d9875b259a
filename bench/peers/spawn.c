/* The floor for spawn: posix_spawn of ECHO with two pipes, one exchange, end-of-file, wait; COUNT times in turn.
   With EXCHANGES > 1 the exchange is repeated in each child. Prints nanoseconds per child, per exchange, and per child
   until its exchanges are done, its end not included. */
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
  if (argc < 4) return 64;
  char *echo = argv[1];
  int count = atoi(argv[2]), exchanges = atoi(argv[3]);
  const char *line = "#user/Ping {:n 12345}\n";
  size_t len = strlen(line);
  double in_exchange = 0, answered = 0, start = now();
  for (int i = 0; i < count; i++) {
    int in[2], out[2];
    double begun = now();
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
    double t = now();
    for (int k = 0; k < exchanges; k++) {
      char buf[256];
      if (write(in[1], line, len) != (ssize_t)len) return 1;
      if (read(out[0], buf, sizeof buf) != (ssize_t)len) return 1;
    }
    in_exchange += now() - t;
    answered += now() - begun;
    close(in[1]);
    close(out[0]);
    int status;
    if (waitpid(pid, &status, 0) < 0) return 1;
  }
  printf("%.0f %.0f %.0f\n", (now() - start) / count, in_exchange / ((double)count * exchanges), answered / count);
  return 0;
}
