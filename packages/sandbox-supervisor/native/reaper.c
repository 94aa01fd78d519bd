#include "reaper.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "execute.h"
#include "process_tree.h"

/* The command's first process; 0 once it was reaped, because the number may then be another's. */
static pid_t leader;

/* Takes what has ended. False when there are no children any more, and so no descendants. */
static bool reap(int report)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != leader)
			continue;
		leader = 0;
		/* Smaller than the pipe and the only thing ever in it. */
		if (write(report, &status, sizeof status) < 0)
			continue;
	}
	return pid == 0;
}

/*
 * Stops the whole tree before it kills any of it, and reaps nothing meanwhile: each birth then takes a process slot for
 * good, so that a fork bomb runs into its limit and every process is stopped at last. Killing at once would make room
 * for the births of those not yet reached.
 */
static void end_tree(int report, const sigset_t *signals)
{
	enum { PASSES_MAX = 1000 };
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	do {
		for (int pass = 0; pass < PASSES_MAX && signal_descendants(SIGSTOP) > 0; pass++) {
		}
		signal_descendants(SIGKILL);
		/* Each death is announced; the pause is for what slipped through, which the next round finds. */
		while (reap(report) && sigtimedwait(signals, NULL, &pause) >= 0) {
		}
	} while (reap(report));
}

static sigset_t wanted_signals(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, REAPER_SIGNAL);
	return signals;
}

_Noreturn void reaper_run(const struct request *request, struct standard_streams streams, int report)
{
	sigset_t signals = wanted_signals();
	prctl(PR_SET_NAME, "claw-reaper");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		_exit(EXIT_FAILURE);
	leader = fork();
	if (leader == 0)
		execute(request, streams);
	if (leader < 0) {
		explain(streams.err, "the command", errno);
		_exit(EXIT_FAILURE);
	}
	/* Nothing of the supervisor's may be kept open here, least of all the stream to the gateway. */
	close_all_but(report);
	while (reap(report)) {
		siginfo_t info;
		if (sigwaitinfo(&signals, &info) != REAPER_SIGNAL)
			continue;
		if (info.si_value.sival_int == SIGKILL)
			end_tree(report, &signals);
		else if (leader > 0)
			kill(-leader, info.si_value.sival_int);
	}
	_exit(EXIT_SUCCESS);
}
