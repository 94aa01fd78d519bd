#pragma once
#include <stdbool.h>

void close_from(int first);

/* Closes every descriptor of this process but one. */
void close_all_but(int kept);

/* Neither may block, nor reach a program that is started. */
bool make_private(int fd);

/* Both ends close with the next exec; ours, at `ours` (0 or 1), does not block. */
bool private_pipe(int ends[2], int ours);

/* Room for a window of output, where the kernel grants it: a flood then needs fewer changes of process. */
void widen_pipe(int fd);

/* Closes it and forgets its number; -1 stays -1. */
void close_fd(int *fd);
