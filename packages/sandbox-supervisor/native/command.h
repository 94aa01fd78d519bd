#pragma once
/* One command, from the moment it was asked for to the moment nothing of it is left. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "channels.h"
#include "pressure.h"
#include "request.h"
#include "ring.h"

enum command_phase {
	UNUSED,
	RUNNING,
	DRAINING, /* Its first process ended; what it wrote before that is still being sent. */
	TOLD,	  /* The gateway knows that it ended; processes of it may be left behind. */
};

struct command {
	enum command_phase phase;
	uint32_t id;
	pid_t reaper; /* 0: gone, and everything below it. */
	int report;   /* What the reaper says. */
	struct channels channels;
	struct ring input;
	bool input_ended;
	uint32_t input_taken; /* To be granted again. */
	uint32_t window;      /* Output that may still be sent. */
	size_t out_left, err_left; /* In DRAINING. */
	int status;		   /* As waitpid has it, once `has_status`. */
	bool has_status;
	uint8_t flags; /* enum exit_flag */
	struct pressure before; /* As it was at the start. */
	uint64_t started_us, ended_us;
	uint64_t deadline_us; /* 0: none, and of those below too. */
	uint64_t nudge_us, give_up_us; /* While its tree is being ended. */
};

/* Starts it in an unused entry. False when the system refuses, with errno. */
bool command_start(struct command *command, uint32_t id, const struct request *request);

void command_input(struct command *command, const struct frame *frame);
void command_input_end(struct command *command);
void command_signal(struct command *command, int signal);
void command_watch(struct command *command);

/*
 * Moves on whatever can move on now: deadlines, exits, credit. False when the tree could not be ended in time and
 * everything in the sandbox has to go. `sweeping` is the time in which that happens.
 */
bool command_settle(struct command *command, bool sweeping);
