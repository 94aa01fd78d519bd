#pragma once
/* What this program waits for. Each round says anew what it wants, so that nothing ever has to be taken back. */
#include <stdint.h>

/* Calls `ready(owner)` in the next wait if any of the poll `events`, or an error, comes up at the descriptor. */
void loop_watch(int fd, short events, void (*ready)(void *owner), void *owner);

/* The next wait ends at this time at the latest. */
void loop_wake_at(uint64_t time_us);

/* One round. What it calls must leave alive the owners of everything else that is watched. */
void loop_wait(void);

/* Monotonic, in microseconds. */
uint64_t now_us(void);
