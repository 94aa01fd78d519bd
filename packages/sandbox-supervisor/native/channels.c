#include "channels.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "descriptors.h"

static bool open_terminal(struct channels *channels)
{
	channels->out = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (channels->out < 0 || grantpt(channels->out) != 0 || unlockpt(channels->out) != 0)
		return false;
	const char *name = ptsname(channels->out);
	int theirs = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	channels->theirs = (struct standard_streams){theirs, theirs, theirs};
	channels->in = fcntl(channels->out, F_DUPFD_CLOEXEC, 0);
	return theirs >= 0 && channels->in >= 0;
}

static bool open_pipes(struct channels *channels)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
	bool opened = private_pipe(in, 1) && private_pipe(out, 0) && private_pipe(err, 0);
	if (opened)
		widen_pipe(out[0]);
	channels->in = in[1];
	channels->out = out[0];
	channels->err = err[0];
	channels->theirs = (struct standard_streams){in[0], out[1], err[1]};
	return opened;
}

bool channels_open(struct channels *channels, bool terminal)
{
	*channels = (struct channels){terminal, -1, -1, -1, {-1, -1, -1}};
	if (terminal ? open_terminal(channels) : open_pipes(channels))
		return true;
	channels_close_theirs(channels);
	channels_close(channels);
	return false;
}

void channels_close_theirs(struct channels *channels)
{
	struct standard_streams *theirs = &channels->theirs;
	/* A terminal is one descriptor under three names. */
	if (theirs->out == theirs->in)
		theirs->out = theirs->err = -1;
	close_fd(&theirs->in);
	close_fd(&theirs->out);
	close_fd(&theirs->err);
}

void channels_close(struct channels *channels)
{
	close_fd(&channels->in);
	close_fd(&channels->out);
	close_fd(&channels->err);
}

void channels_resize(const struct channels *channels, uint16_t rows, uint16_t columns)
{
	struct winsize size = {.ws_row = rows, .ws_col = columns};
	if (channels->out >= 0)
		ioctl(channels->out, TIOCSWINSZ, &size);
}
