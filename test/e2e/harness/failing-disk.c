/* Makes file operations of a program fail on demand: loaded with LD_PRELOAD, ruled by a file that both sides map. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

/* The other side writes `armed` last. Of the calls that match, `after` succeed and `times` fail. */
struct rule {
  volatile int armed;
  int error;
  volatile int after;
  volatile int times;
  volatile int failed;
  char operation[12];
  char suffix[64];
};

static struct rule *rule;

__attribute__((constructor)) static void load_rule(void) {
  const char *path = getenv("FAILING_DISK");
  int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof(struct rule), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) rule = mapped;
  close(file);
}

static int ends_with(const char *path, const char *suffix) {
  size_t length = strlen(path), wanted = strlen(suffix);
  return length >= wanted && strcmp(path + length - wanted, suffix) == 0;
}

static int fails(const char *operation, const char *path) {
  if (strcmp(rule->operation, operation) != 0 || !ends_with(path, rule->suffix)) return 0;
  if (__sync_fetch_and_sub(&rule->after, 1) > 0) return 0;
  if (__sync_fetch_and_sub(&rule->times, 1) <= 0) return 0;
  __sync_fetch_and_add(&rule->failed, 1);
  errno = rule->error;
  return 1;
}

static int file_fails(const char *operation, int file) {
  if (rule == NULL || !rule->armed) return 0;
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return fails(operation, path);
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

#define FAILING(result, name, operation, parameters, arguments) \
  result name parameters { return file_fails(operation, file) ? -1 : REAL(name) arguments; }

FAILING(ssize_t, read, "read", (int file, void *into, size_t size), (file, into, size))
FAILING(ssize_t, pread64, "read", (int file, void *into, size_t size, off64_t at), (file, into, size, at))
FAILING(ssize_t, write, "write", (int file, const void *from, size_t size), (file, from, size))
FAILING(ssize_t, pwrite64, "write", (int file, const void *from, size_t size, off64_t at), (file, from, size, at))
FAILING(int, ftruncate64, "truncate", (int file, off64_t size), (file, size))
FAILING(int, fsync, "sync", (int file), (file))
FAILING(int, fdatasync, "sync", (int file), (file))
