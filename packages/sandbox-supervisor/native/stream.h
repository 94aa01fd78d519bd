#pragma once
/*
 * The stream to the gateway: whole frames in, whole frames out, in two fixed buffers. Nothing here allocates.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
	uint8_t type;
	uint32_t id;
	uint32_t length;
	const uint8_t *payload;
};

/* Room that output must leave free, so that answers and exits never wait for it. */
enum { CONTROL_ROOM = 16384 };

/* Reads what is there. False at the end of the stream: the gateway is gone. */
bool stream_fill(int fd);

/*
 * Takes the next whole frame; its payload stays valid until the next fill. False when there is none yet. A frame above
 * the cap ends the program.
 */
bool stream_next(struct frame *frame);

/* A whole frame waits for room to answer it. */
bool stream_has_input(void);

/* Bytes of payload that fit into a frame now. */
size_t stream_room(void);

/* Where a payload of up to `stream_room()` bytes goes; `stream_commit` makes a frame of it. */
uint8_t *stream_payload(void);
void stream_commit(uint8_t type, uint32_t id, size_t length);

/* Both at once, for small frames. The caller has looked for room. */
void stream_send(uint8_t type, uint32_t id, const void *payload, size_t length);

bool stream_has_output(void);

/* Writes what the pipe takes. False when nobody reads any more. */
bool stream_flush(int fd);

/* Ends the program, and with it everything in its PID namespace, with a word on stderr. */
_Noreturn void protocol_error(const char *what);
