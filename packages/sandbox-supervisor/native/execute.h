#pragma once
#include "reaper.h"

/* Makes this process the command, in a session of its own. What prevents that is said on its stderr. */
_Noreturn void execute(const struct request *request, struct standard_streams streams);

/* Writes `claw: what: reason` and a newline. */
void explain(int fd, const char *what, int error);
