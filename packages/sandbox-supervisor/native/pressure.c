#include "pressure.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int memory = -1, processes = -1;

/* The unified hierarchy's name, or that of the one before. */
static int open_either(const char *path, const char *older)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : open(older, O_RDONLY | O_CLOEXEC);
}

void pressure_open(void)
{
	memory = open_either("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control");
	processes = open_either("/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events");
}

/* The number behind a word at the start of a line. */
static uint64_t counter(int fd, const char *word)
{
	char text[512];
	ssize_t length = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, 0);
	text[length > 0 ? length : 0] = 0;
	for (char *line = text; line != NULL && *line != 0; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, word, strlen(word)) == 0)
			return strtoull(line + strlen(word), NULL, 10);
	}
	return 0;
}

struct pressure pressure_now(void)
{
	return (struct pressure){counter(memory, "oom_kill "), counter(processes, "max ")};
}
