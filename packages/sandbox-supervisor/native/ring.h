#pragma once
/* Bytes on their way to a descriptor that does not take them all at once: one input window's worth. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ring {
	uint8_t *bytes; /* Made at first use. */
	size_t start, filled;
};

/* False when it does not fit, which no sender that keeps to its window brings about. */
bool ring_put(struct ring *ring, const uint8_t *bytes, size_t length);

/* Writes what the descriptor takes; returns how much, or -1 when it takes nothing ever again. */
ssize_t ring_flush(struct ring *ring, int fd);

void ring_free(struct ring *ring);
