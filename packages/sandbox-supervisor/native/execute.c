#include "execute.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* As a shell counts what it could not find and what it could not run. */
enum { EXIT_NO_DIRECTORY = 1, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

void explain(int fd, const char *what, int error)
{
	dprintf(fd, "claw: %s: %s\n", what, strerror(error));
}

static _Noreturn void fail(int code, const char *what)
{
	explain(STDERR_FILENO, what, errno);
	_exit(code);
}

_Noreturn void execute(const struct request *request, struct standard_streams streams)
{
	setsid();
	if (request->terminal)
		ioctl(streams.in, TIOCSCTTY, 0);
	dup2(streams.in, STDIN_FILENO);
	dup2(streams.out, STDOUT_FILENO);
	dup2(streams.err, STDERR_FILENO);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	if (chdir(request->directory) != 0)
		fail(EXIT_NO_DIRECTORY, request->directory);
	execve(request->arguments[0], request->arguments, request->environment);
	fail(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, request->arguments[0]);
}
