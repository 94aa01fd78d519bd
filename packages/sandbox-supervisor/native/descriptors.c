#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "protocol.h"

/* close_range(2), which an older kernel or a system call filter may refuse. */
static void close_between(unsigned first, unsigned last)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
	long limit = sysconf(_SC_OPEN_MAX);
	for (long fd = first; fd <= (long)last && fd < limit; fd++)
		close((int)fd);
}

void close_from(int first)
{
	close_between((unsigned)first, INT_MAX);
}

void close_all_but(int kept)
{
	if (kept > 0)
		close_between(0, (unsigned)kept - 1);
	close_from(kept + 1);
}

bool make_private(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool private_pipe(int ends[2], int ours)
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	return make_private(ends[ours]);
}

void widen_pipe(int fd)
{
	fcntl(fd, F_SETPIPE_SZ, OUTPUT_WINDOW);
}

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
