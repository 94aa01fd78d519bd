#include "process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROCESSES_MAX = 16384 };

struct process {
	pid_t pid, parent;
	char state;
	bool ours;
};

static struct process processes[PROCESSES_MAX];

static bool read_process(const char *name, struct process *process)
{
	char path[64], stat[512];
	snprintf(path, sizeof path, "/proc/%s/stat", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t got = read(fd, stat, sizeof stat - 1);
	close(fd);
	if (got <= 0)
		return false;
	stat[got] = '\0';
	/* The name before it may hold anything, parentheses too. */
	const char *rest = strrchr(stat, ')');
	process->pid = (pid_t)atol(name);
	process->ours = false;
	return rest && sscanf(rest + 1, " %c %d", &process->state, &process->parent) == 2;
}

static size_t read_processes(void)
{
	DIR *directory = opendir("/proc");
	if (!directory)
		return 0;
	size_t count = 0;
	for (struct dirent *entry; count < PROCESSES_MAX && (entry = readdir(directory));)
		if (isdigit((unsigned char)entry->d_name[0]) && read_process(entry->d_name, &processes[count]))
			count++;
	closedir(directory);
	return count;
}

static bool is_ours(pid_t pid, size_t count)
{
	for (size_t index = 0; index < count; index++)
		if (processes[index].pid == pid)
			return processes[index].ours;
	return false;
}

static void mark_descendants(size_t count)
{
	pid_t self = getpid();
	for (bool found = true; found;) {
		found = false;
		for (size_t index = 0; index < count; index++) {
			struct process *process = &processes[index];
			if (process->ours || (process->parent != self && !is_ours(process->parent, count)))
				continue;
			process->ours = found = true;
		}
	}
}

size_t signal_descendants(int signal)
{
	size_t count = read_processes(), moving = 0;
	mark_descendants(count);
	for (size_t index = 0; index < count; index++) {
		struct process *process = &processes[index];
		if (!process->ours || process->state == 'Z' || process->state == 'X')
			continue;
		/* Sleeping uninterruptibly (D) it forks no more than when it is stopped (T, t). */
		if (!strchr("TtD", process->state))
			moving++;
		kill(process->pid, signal);
	}
	return moving;
}
