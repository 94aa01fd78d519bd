#pragma once
/* What connects a command to the supervisor: three pipes, or a terminal. */
#include <stdbool.h>
#include <stdint.h>

#include "reaper.h"

struct channels {
	bool terminal;
	/* The supervisor's ends; -1 is closed. A terminal has two descriptors for one thing, and no `err`. */
	int in, out, err;
	/* The command's ends, which are closed once it has them. */
	struct standard_streams theirs;
};

bool channels_open(struct channels *channels, bool terminal);
void channels_close_theirs(struct channels *channels);
void channels_close(struct channels *channels);
void channels_resize(const struct channels *channels, uint16_t rows, uint16_t columns);
