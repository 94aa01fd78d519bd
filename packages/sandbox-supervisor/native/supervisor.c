/*
 * claw-supervisor: the first process of a sandbox. It runs commands for the gateway at the other end of its stdin and
 * stdout, and takes the sandbox with it when that end is gone.
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes.h"
#include "commands.h"
#include "descriptors.h"
#include "loop.h"
#include "net.h"
#include "pressure.h"
#include "protocol.h"
#include "stream.h"

/* Everything in the sandbox was killed and not everything is reaped yet. */
static bool sweeping;
static int children = -1;

/*
 * What helps when a tree can't be ended one by one: the kernel signals every process but this one, which it can only do
 * for the first process of a PID namespace, at one moment in which nobody forks.
 */
static void sweep(void)
{
	sweeping = true;
	commands_swept();
	kill(-1, SIGKILL);
}

static bool has_children(void)
{
	siginfo_t info;
	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void reap(void *owner)
{
	(void)owner;
	struct signalfd_siginfo ignored[8];
	while (read(children, ignored, sizeof ignored) > 0) {
	}
	bool all_well = true;
	pid_t pid;
	for (int status; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		all_well &= commands_reaped(pid, status);
	/* Somebody killed a reaper, so that what it watched over is nobody's now. */
	if (!all_well && !sweeping)
		sweep();
	sweeping = sweeping && has_children();
}

static void handle(const struct frame *frame)
{
	if (frame->type == FRAME_PING)
		stream_send(FRAME_PONG, frame->id, frame->payload, frame->length < 64 ? frame->length : 64);
	else if (frame->type >= FRAME_EXEC && frame->type <= FRAME_CREDIT)
		commands_frame(frame);
	else if (frame->type >= FRAME_NET_LISTEN && frame->type <= FRAME_NET_CREDIT)
		net_frame(frame);
	else
		protocol_error("a frame of an unknown type");
}

static void receive(void *owner)
{
	(void)owner;
	if (!stream_fill(STDIN_FILENO))
		_exit(0);
}

static void flush(void *owner)
{
	(void)owner;
	if (!stream_flush(STDOUT_FILENO))
		_exit(0);
}

static void watch(void)
{
	if (!stream_has_input())
		loop_watch(STDIN_FILENO, POLLIN, receive, NULL);
	if (stream_has_output())
		loop_watch(STDOUT_FILENO, POLLOUT, flush, NULL);
	loop_watch(children, POLLIN, reap, NULL);
	commands_watch();
	net_watch();
}

/* Frames wait while everything is being killed, so that no new command is hit. */
static void round_of_work(void)
{
	struct frame frame;
	while (!sweeping && stream_room() >= CONTROL_ROOM && stream_next(&frame))
		handle(&frame);
	if (!commands_settle(sweeping) && !sweeping)
		sweep();
	net_settle();
	flush(NULL);
	watch();
	loop_wait();
}

static bool prepare(void)
{
	/* Whoever started this may have left something open. */
	close_from(STDERR_FILENO + 1);
	sigset_t all, child;
	/* sigfillset would leave out what the C library has for itself, and so what kills a reaper. */
	memset(&all, 0xff, sizeof all);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	/* Or every command, which runs as the same user, could write frames through /proc/1/fd. */
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return false;
	/* Reapers inherit it: of the signals that a command may send them, SIGKILL and SIGSTOP alone have an effect. */
	sigprocmask(SIG_BLOCK, &all, NULL);
	pressure_open();
	widen_pipe(STDOUT_FILENO);
	children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	return children >= 0 && make_private(STDIN_FILENO) && make_private(STDOUT_FILENO);
}

int main(void)
{
	if (getpid() != 1) {
		fprintf(stderr, "claw-supervisor: this must be the first process of a PID namespace\n");
		return 64;
	}
	if (!prepare()) {
		perror("claw-supervisor");
		return 71;
	}
	uint8_t version[2];
	put_u16(version, PROTOCOL_VERSION);
	stream_send(FRAME_READY, 0, version, sizeof version);
	for (;;)
		round_of_work();
}
