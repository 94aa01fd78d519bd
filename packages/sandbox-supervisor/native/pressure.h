#pragma once
/* What the kernel counted against the sandbox's control group: processes it killed for memory, forks it refused. */
#include <stdint.h>

struct pressure {
	uint64_t memory_kills;
	uint64_t refused_forks;
};

/* Opens the counters, where there are any. Once, before anything is read. */
void pressure_open(void);

/* Zeros where there are no counters. */
struct pressure pressure_now(void);
