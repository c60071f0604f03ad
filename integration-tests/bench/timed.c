/* timed OUT ERR PROGRAM ARGUMENT...: runs a program and prints wall time in nanoseconds, processor
   time in microseconds, peak resident memory in KiB, and exit status.

   A program of its own, because a process inherits the peak of the one it was forked from: started
   by a JVM, a small linker would seem as large as that. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void check(int error, const char *what)
{
  if (error != 0) {
    fprintf(stderr, "timed: %s: %s\n", what, strerror(error));
    exit(127);
  }
}

static long long micros(struct timeval time)
{
  return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int count, char **words)
{
  if (count < 4) {
    fprintf(stderr, "usage: timed OUT ERR PROGRAM ARGUMENT...\n");
    return 127;
  }
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t files;
  check(posix_spawn_file_actions_init(&files), "files");
  check(posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0), "input");
  check(posix_spawn_file_actions_addopen(&files, 1, words[1], flags, 0644), words[1]);
  check(posix_spawn_file_actions_addopen(&files, 2, words[2], flags, 0644), words[2]);
  pid_t process;
  long long start = now();
  check(posix_spawnp(&process, words[3], &files, NULL, words + 3, environ), words[3]);
  int status;
  struct rusage usage;
  if (wait4(process, &status, 0, &usage) != process) {
    perror("timed: wait4");
    return 127;
  }
  long long end = now();
  printf("%lld %lld %ld %d\n", end - start, micros(usage.ru_utime) + micros(usage.ru_stime),
    usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
