#include "command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes.h"
#include "descriptors.h"
#include "loop.h"
#include "protocol.h"
#include "reaper.h"

enum { NUDGE_US = 100 * 1000, GIVE_UP_US = 2 * 1000 * 1000, END_OF_FILE_KEY = 4 };

bool command_start(struct command *command, uint32_t id, const struct request *request)
{
	int report[2];
	*command = (struct command){.id = id, .report = -1, .window = OUTPUT_WINDOW, .started_us = now_us(), .before = pressure_now()};
	if (!private_pipe(report, 0))
		return false;
	if (!channels_open(&command->channels, request->terminal)) {
		close(report[0]);
		close(report[1]);
		return false;
	}
	if (request->terminal)
		channels_resize(&command->channels, request->rows, request->columns);
	command->reaper = fork();
	if (command->reaper == 0)
		reaper_run(request, command->channels.theirs, report[1]);
	int error = errno;
	close(report[1]);
	channels_close_theirs(&command->channels);
	command->report = report[0];
	if (command->reaper < 0) {
		close_fd(&command->report);
		channels_close(&command->channels);
		errno = error;
		return false;
	}
	if (request->timeout_ms > 0)
		command->deadline_us = command->started_us + (uint64_t)request->timeout_ms * 1000;
	command->phase = RUNNING;
	return true;
}

static void close_input(struct command *command)
{
	close_fd(&command->channels.in);
	ring_free(&command->input);
}

static void flush_input(void *owner)
{
	struct command *command = owner;
	ssize_t put = ring_flush(&command->input, command->channels.in);
	/* After the end there is nobody to whom more could be granted. */
	if (put > 0 && !command->input_ended)
		command->input_taken += (uint32_t)put;
	if (put < 0 || (command->input_ended && command->input.filled == 0))
		close_input(command);
}

void command_input(struct command *command, const struct frame *frame)
{
	/* A command that closed its stdin, or ended, need not read what was on its way. */
	if (command->channels.in < 0 || command->input_ended)
		return;
	if (!ring_put(&command->input, frame->payload, frame->length))
		protocol_error("more stdin than was granted");
	flush_input(command);
}

void command_input_end(struct command *command)
{
	if (command->channels.in < 0)
		return;
	command->input_ended = true;
	/* A terminal does not end; a key says so. Without room for it the program is not reading anyway. */
	if (command->channels.terminal)
		ring_put(&command->input, (const uint8_t[]){END_OF_FILE_KEY}, 1);
	flush_input(command);
}

static void ask_reaper(const struct command *command, int signal)
{
	if (command->reaper > 0)
		sigqueue(command->reaper, REAPER_SIGNAL, (union sigval){.sival_int = signal});
}

/* Asks again now and then: a command can stop its reaper, but not keep it stopped for long. */
static void end_tree(struct command *command)
{
	if (command->reaper > 0)
		kill(command->reaper, SIGCONT);
	ask_reaper(command, SIGKILL);
	command->nudge_us = now_us() + NUDGE_US;
	if (command->give_up_us == 0)
		command->give_up_us = now_us() + GIVE_UP_US;
}

void command_signal(struct command *command, int signal)
{
	if (signal == SIGKILL)
		end_tree(command);
	else
		ask_reaper(command, signal);
}

/* Sends on, or drops, what a descriptor holds; closes it at its end. */
static void forward(struct command *command, int *fd, uint8_t type, size_t *left)
{
	if (command->phase == TOLD) {
		uint8_t dropped[16384];
		ssize_t got = read(*fd, dropped, sizeof dropped);
		if (got == 0 || (got < 0 && errno != EAGAIN))
			close_fd(fd);
		return;
	}
	size_t room = stream_room(), most = FRAME_PAYLOAD_MAX;
	room = room > CONTROL_ROOM ? room - CONTROL_ROOM : 0;
	most = room < most ? room : most;
	most = command->window < most ? command->window : most;
	most = command->phase == DRAINING && *left < most ? *left : most;
	if (most == 0)
		return;
	ssize_t got = read(*fd, stream_payload(), most);
	if (got > 0) {
		stream_commit(type, command->id, (size_t)got);
		command->window -= (uint32_t)got;
		*left -= command->phase == DRAINING ? (size_t)got : 0;
	} else if (got == 0 || errno != EAGAIN) {
		close_fd(fd);
	} else {
		*left = 0;
	}
}

static void forward_out(void *owner)
{
	struct command *command = owner;
	forward(command, &command->channels.out, FRAME_STDOUT, &command->out_left);
}

static void forward_err(void *owner)
{
	struct command *command = owner;
	forward(command, &command->channels.err, FRAME_STDERR, &command->err_left);
}

static void read_report(void *owner)
{
	struct command *command = owner;
	if (read(command->report, &command->status, sizeof command->status) == sizeof command->status)
		command->has_status = true;
	close_fd(&command->report);
}

void command_watch(struct command *command)
{
	bool flowing = command->phase == TOLD || (command->window > 0 && stream_room() > CONTROL_ROOM);
	bool draining = command->phase == DRAINING;
	struct channels *channels = &command->channels;
	if (command->report >= 0)
		loop_watch(command->report, POLLIN, read_report, command);
	if (channels->in >= 0 && command->input.filled > 0)
		loop_watch(channels->in, POLLOUT, flush_input, command);
	if (channels->out >= 0 && flowing && !(draining && command->out_left == 0))
		loop_watch(channels->out, POLLIN, forward_out, command);
	if (channels->err >= 0 && flowing && !(draining && command->err_left == 0))
		loop_watch(channels->err, POLLIN, forward_err, command);
	if (command->phase == RUNNING && command->deadline_us > 0)
		loop_wake_at(command->deadline_us);
	if (command->reaper > 0 && command->nudge_us > 0)
		loop_wake_at(command->nudge_us);
}

/* A background process may hold the descriptor open and go on writing, so what counts is what is there now. */
static size_t bytes_waiting(int fd)
{
	int waiting = 0;
	if (fd < 0 || ioctl(fd, FIONREAD, &waiting) != 0)
		return 0;
	return (size_t)waiting;
}

static void begin_draining(struct command *command)
{
	struct channels *channels = &command->channels;
	command->phase = DRAINING;
	command->ended_us = now_us();
	command->out_left = bytes_waiting(channels->out);
	command->err_left = bytes_waiting(channels->err);
	close_input(command);
}

static uint8_t pressure_flags(struct pressure before)
{
	struct pressure now = pressure_now();
	return (uint8_t)((now.memory_kills > before.memory_kills ? EXIT_MEMORY : 0) |
			 (now.refused_forks > before.refused_forks ? EXIT_PROCESSES : 0));
}

static void tell_exit(struct command *command)
{
	command->flags |= pressure_flags(command->before);
	uint8_t payload[11] = {EXIT_NOT_STARTED, 0, command->flags};
	if (command->has_status && WIFEXITED(command->status)) {
		payload[0] = EXIT_CODE;
		payload[1] = (uint8_t)WEXITSTATUS(command->status);
	} else if (command->has_status || command->flags & EXIT_SWEPT) {
		payload[0] = EXIT_SIGNAL;
		payload[1] = (uint8_t)(command->has_status ? WTERMSIG(command->status) : SIGKILL);
	}
	put_u64(payload + 3, command->ended_us - command->started_us);
	stream_send(FRAME_EXIT, command->id, payload, sizeof payload);
	command->phase = TOLD;
}

static void grant_input(struct command *command)
{
	if (command->input_taken == 0 || command->phase != RUNNING || stream_room() < CONTROL_ROOM)
		return;
	uint8_t payload[4];
	put_u32(payload, command->input_taken);
	stream_send(FRAME_STDIN_CREDIT, command->id, payload, sizeof payload);
	command->input_taken = 0;
}

bool command_settle(struct command *command, bool sweeping)
{
	struct channels *channels = &command->channels;
	bool ending = command->nudge_us > 0, gone = command->reaper == 0 && !sweeping;
	uint64_t now = now_us();
	grant_input(command);
	if (command->reaper == 0 && command->report >= 0)
		read_report(command);
	if (command->phase == RUNNING && (gone || (command->has_status && !ending)))
		begin_draining(command);
	if (command->phase == RUNNING && command->deadline_us > 0 && now >= command->deadline_us && !ending) {
		command->flags |= EXIT_TIMED_OUT;
		end_tree(command);
	}
	bool drained = (channels->out < 0 || command->out_left == 0) && (channels->err < 0 || command->err_left == 0);
	if (command->phase == DRAINING && drained && (gone || !ending) && stream_room() >= CONTROL_ROOM / 2)
		tell_exit(command);
	if (command->phase == TOLD && gone) {
		channels_close(channels);
		close_fd(&command->report);
		command->phase = UNUSED;
		return true;
	}
	if (command->reaper == 0 || command->nudge_us == 0 || now < command->nudge_us)
		return true;
	end_tree(command);
	return now < command->give_up_us;
}
