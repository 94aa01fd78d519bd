#pragma once
/* What to run, as the gateway sends it: in one frame or, when it is long, in several. */
#include <stdbool.h>
#include <stdint.h>

#include "stream.h"

struct request {
	bool terminal;
	uint16_t rows, columns;
	uint32_t timeout_ms; /* 0: none. */
	char *directory;
	char **arguments, **environment;
};

/*
 * Takes a FRAME_EXEC or FRAME_EXEC_PART. True with the last part; the request then stays valid until the next call.
 * Parts of two requests never mix, and what is malformed ends the program.
 */
bool request_take(const struct frame *frame, struct request *request);
