#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "protocol.h"

static size_t smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

bool ring_put(struct ring *ring, const uint8_t *bytes, size_t length)
{
	if (length > INPUT_WINDOW - ring->filled)
		return false;
	if (!ring->bytes && !(ring->bytes = malloc(INPUT_WINDOW)))
		return false;
	size_t end = (ring->start + ring->filled) % INPUT_WINDOW;
	size_t first = smaller(length, INPUT_WINDOW - end);
	memcpy(ring->bytes + end, bytes, first);
	memcpy(ring->bytes, bytes + first, length - first);
	ring->filled += length;
	return true;
}

ssize_t ring_flush(struct ring *ring, int fd)
{
	size_t total = 0;
	while (ring->filled > 0) {
		size_t first = smaller(ring->filled, INPUT_WINDOW - ring->start);
		struct iovec parts[] = {{ring->bytes + ring->start, first}, {ring->bytes, ring->filled - first}};
		ssize_t put = writev(fd, parts, 2);
		if (put < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (put <= 0)
			break;
		ring->start = (ring->start + (size_t)put) % INPUT_WINDOW;
		ring->filled -= (size_t)put;
		total += (size_t)put;
	}
	return (ssize_t)total;
}

void ring_free(struct ring *ring)
{
	free(ring->bytes);
	*ring = (struct ring){0};
}
