#pragma once
/*
 * One reaper stands between the supervisor and each command. It is a child subreaper: whatever the command starts,
 * however often it forks, leaves its session or clears its environment, stays the reaper's descendant, and the kernel
 * says when none is left. So "the reaper exited with 0" and "nothing of the command exists" are the same.
 */
#include "request.h"

/* What the supervisor asks of a reaper, as the value of this signal: to pass a signal on. SIGKILL ends the tree. */
#define REAPER_SIGNAL SIGRTMIN

/* Descriptors a command starts with. */
struct standard_streams {
	int in, out, err;
};

/*
 * Becomes the reaper of a new command in the process that calls it, which is a fresh child of the supervisor. How the
 * command's first process ended is written to `report` as waitpid has it, as soon as it is known.
 */
_Noreturn void reaper_run(const struct request *request, struct standard_streams streams, int report);
