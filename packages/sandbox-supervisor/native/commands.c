#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "bytes.h"
#include "command.h"
#include "loop.h"
#include "protocol.h"

enum { COMMANDS_MAX = 256, LISTED_SIZE = 13 };

static struct command commands[COMMANDS_MAX];

#define EACH_COMMAND(command) \
	for (struct command * (command) = commands; (command) < commands + COMMANDS_MAX; (command)++) \
		if ((command)->phase != UNUSED)

static struct command *find(uint32_t id)
{
	EACH_COMMAND(command)
	{
		if (command->id == id)
			return command;
	}
	return NULL;
}

static struct command *unused(void)
{
	for (struct command *command = commands; command < commands + COMMANDS_MAX; command++)
		if (command->phase == UNUSED)
			return command;
	errno = EAGAIN;
	return NULL;
}

static void refuse(uint32_t id)
{
	char text[256];
	int length = snprintf(text, sizeof text, "claw: the command can't be started: %s\n", strerror(errno));
	stream_send(FRAME_STDERR, id, text, (size_t)length);
	stream_send(FRAME_EXIT, id, (const uint8_t[11]){EXIT_NOT_STARTED}, 11);
}

static void start(const struct frame *frame)
{
	struct request request;
	if (!request_take(frame, &request))
		return;
	if (find(frame->id))
		protocol_error("two commands with one id");
	struct command *command = unused();
	if (!command || !command_start(command, frame->id, &request))
		refuse(frame->id);
}

static void list(void)
{
	uint8_t payload[COMMANDS_MAX * LISTED_SIZE], *at = payload;
	uint64_t now = now_us();
	EACH_COMMAND(command)
	{
		put_u32(at, command->id);
		at[4] = command->phase == TOLD ? STATE_LEFT_BEHIND : STATE_RUNNING;
		put_u64(at + 5, now - command->started_us);
		at += LISTED_SIZE;
	}
	stream_send(FRAME_LISTED, 0, payload, (size_t)(at - payload));
}

static void expect_length(const struct frame *frame, uint32_t length)
{
	if (frame->length != length)
		protocol_error("a frame is not as long as its kind");
}

static void grant(struct command *command, uint32_t bytes)
{
	if (bytes > INT32_MAX - command->window)
		protocol_error("more credit than anybody can use");
	command->window += bytes;
}

void commands_frame(const struct frame *frame)
{
	static const uint8_t lengths[] = {
		[FRAME_SIGNAL] = 1, [FRAME_RESIZE] = 4, [FRAME_CREDIT] = 4,
	};
	const uint8_t *payload = frame->payload;
	struct command *command;
	switch (frame->type) {
	case FRAME_EXEC:
	case FRAME_EXEC_PART:
		start(frame);
		return;
	case FRAME_LIST:
		list();
		return;
	case FRAME_STDIN:
		break;
	default:
		expect_length(frame, lengths[frame->type]);
	}
	if (!(command = find(frame->id)))
		return;
	switch (frame->type) {
	case FRAME_STDIN:
		command_input(command, frame);
		break;
	case FRAME_STDIN_EOF:
		command_input_end(command);
		break;
	case FRAME_SIGNAL:
		command_signal(command, payload[0]);
		break;
	case FRAME_RESIZE:
		channels_resize(&command->channels, get_u16(payload), get_u16(payload + 2));
		break;
	case FRAME_BACKGROUND:
		command->deadline_us = 0;
		break;
	case FRAME_CREDIT:
		grant(command, get_u32(payload));
		break;
	}
}

void commands_watch(void)
{
	EACH_COMMAND(command)
	{
		command_watch(command);
	}
}

bool commands_settle(bool sweeping)
{
	bool all_well = true;
	EACH_COMMAND(command)
	{
		if (!command_settle(command, sweeping))
			all_well = false;
	}
	return all_well;
}

bool commands_reaped(pid_t pid, int status)
{
	EACH_COMMAND(command)
	{
		if (command->reaper != pid)
			continue;
		command->reaper = 0;
		return WIFEXITED(status);
	}
	return true;
}

void commands_swept(void)
{
	EACH_COMMAND(command)
	{
		if (command->phase == RUNNING)
			command->flags |= EXIT_SWEPT;
	}
}
