#pragma once
/* The commands there are. */
#include <stdbool.h>
#include <sys/types.h>

#include "stream.h"

/* FRAME_EXEC to FRAME_CREDIT. One for a command that has ended is no error: it was on its way. */
void commands_frame(const struct frame *frame);

void commands_watch(void);

/* False when everything in the sandbox has to go. */
bool commands_settle(bool sweeping);

/* A child of the supervisor ended. False when it was a reaper and did not end of itself. */
bool commands_reaped(pid_t pid, int status);

/* Everything in the sandbox is being ended: marks whom it hits. */
void commands_swept(void);
