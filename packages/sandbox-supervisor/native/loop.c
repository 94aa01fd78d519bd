#include "loop.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

/* Four of each command, one of each connection, and the supervisor's own. */
enum { WATCHES_MAX = 2048 };

struct watch {
	void (*ready)(void *owner);
	void *owner;
};

static struct pollfd polled[WATCHES_MAX];
static struct watch watches[WATCHES_MAX];
static nfds_t count;
static uint64_t wake_at_us = UINT64_MAX;

void loop_watch(int fd, short events, void (*ready)(void *owner), void *owner)
{
	if (count == WATCHES_MAX)
		return;
	polled[count] = (struct pollfd){.fd = fd, .events = events};
	watches[count++] = (struct watch){ready, owner};
}

void loop_wake_at(uint64_t time_us)
{
	if (time_us < wake_at_us)
		wake_at_us = time_us;
}

static int timeout_ms(void)
{
	if (wake_at_us == UINT64_MAX)
		return -1;
	uint64_t now = now_us();
	/* Rounded up, or the last millisecond would be spent in a busy loop. */
	uint64_t left_ms = wake_at_us > now ? (wake_at_us - now + 999) / 1000 : 0;
	return left_ms > 60000 ? 60000 : (int)left_ms;
}

void loop_wait(void)
{
	int found = poll(polled, count, timeout_ms());
	nfds_t watched = count;
	count = 0;
	wake_at_us = UINT64_MAX;
	for (nfds_t index = 0; index < watched && found > 0; index++)
		if (polled[index].revents)
			watches[index].ready(watches[index].owner);
}

uint64_t now_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}
