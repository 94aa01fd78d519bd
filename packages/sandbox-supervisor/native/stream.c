#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "protocol.h"

enum { INPUT_SIZE = 2 * (FRAME_HEADER + FRAME_PAYLOAD_MAX), OUTPUT_SIZE = 4 * (FRAME_HEADER + FRAME_PAYLOAD_MAX) };

/* `start` to `end` is what still waits. */
static struct {
	size_t start, end;
	uint8_t bytes[INPUT_SIZE];
} input;

static struct {
	size_t start, end;
	uint8_t bytes[OUTPUT_SIZE];
} output;

bool stream_fill(int fd)
{
	memmove(input.bytes, input.bytes + input.start, input.end - input.start);
	input.end -= input.start;
	input.start = 0;
	if (input.end == INPUT_SIZE)
		return true;
	ssize_t got = read(fd, input.bytes + input.end, INPUT_SIZE - input.end);
	if (got > 0)
		input.end += (size_t)got;
	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool whole_frame(void)
{
	size_t filled = input.end - input.start;
	if (filled < FRAME_HEADER)
		return false;
	uint32_t length = get_u32(input.bytes + input.start);
	if (length > FRAME_PAYLOAD_MAX)
		protocol_error("a frame is longer than the cap");
	return filled >= FRAME_HEADER + length;
}

bool stream_has_input(void)
{
	return whole_frame();
}

bool stream_next(struct frame *frame)
{
	if (!whole_frame())
		return false;
	const uint8_t *at = input.bytes + input.start;
	frame->length = get_u32(at);
	frame->type = at[4];
	frame->id = get_u32(at + 5);
	frame->payload = at + FRAME_HEADER;
	input.start += FRAME_HEADER + frame->length;
	return true;
}

size_t stream_room(void)
{
	size_t room = OUTPUT_SIZE - (output.end - output.start);
	return room > FRAME_HEADER ? room - FRAME_HEADER : 0;
}

uint8_t *stream_payload(void)
{
	bool empty = output.start == output.end;
	if (empty || OUTPUT_SIZE - output.end < FRAME_HEADER + FRAME_PAYLOAD_MAX) {
		memmove(output.bytes, output.bytes + output.start, output.end - output.start);
		output.end -= output.start;
		output.start = 0;
	}
	return output.bytes + output.end + FRAME_HEADER;
}

void stream_commit(uint8_t type, uint32_t id, size_t length)
{
	uint8_t *at = output.bytes + output.end;
	put_u32(at, (uint32_t)length);
	at[4] = type;
	put_u32(at + 5, id);
	output.end += FRAME_HEADER + length;
}

void stream_send(uint8_t type, uint32_t id, const void *payload, size_t length)
{
	uint8_t *at = stream_payload();
	if (length > stream_room())
		abort();
	if (length > 0)
		memcpy(at, payload, length);
	stream_commit(type, id, length);
}

bool stream_has_output(void)
{
	return output.end > output.start;
}

bool stream_flush(int fd)
{
	while (stream_has_output()) {
		ssize_t put = write(fd, output.bytes + output.start, output.end - output.start);
		if (put < 0)
			return errno == EAGAIN || errno == EINTR;
		output.start += (size_t)put;
	}
	return true;
}

void protocol_error(const char *what)
{
	fprintf(stderr, "claw-supervisor: the gateway broke the protocol: %s\n", what);
	_exit(65);
}
