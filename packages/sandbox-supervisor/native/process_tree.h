#pragma once
#include <stddef.h>

/*
 * Sends `signal` to every descendant of this process that is not already dead, and returns how many of them could still
 * run. A signal that cannot be delivered is no error.
 */
size_t signal_descendants(int signal);
