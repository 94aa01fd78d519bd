#include "request.h"

#include <string.h>

#include "bytes.h"
#include "protocol.h"

/* u8 flags, u16 rows, u16 columns, u32 timeout, u16 arguments, u16 variables; then that many strings and the directory. */
enum { FIXED = 13, FLAG_TERMINAL = 1, STRINGS_MAX = 8192 };

static uint8_t bytes[EXEC_MAX];
static uint32_t filled, filling_id;
static char *strings[STRINGS_MAX + 2];

/* The next NUL-terminated string; the byte after it is where the one after that begins. */
static char *next_string(uint32_t *at)
{
	uint8_t *end = memchr(bytes + *at, 0, filled - *at);
	if (!end)
		protocol_error("a string of a request has no end");
	char *string = (char *)bytes + *at;
	*at = (uint32_t)(end - bytes) + 1;
	return string;
}

static char **next_list(uint32_t *at, char **into, uint32_t count)
{
	for (uint32_t index = 0; index < count; index++)
		into[index] = next_string(at);
	into[count] = NULL;
	return into;
}

static void parse(struct request *request)
{
	if (filled < FIXED)
		protocol_error("a request is too short");
	uint32_t arguments = get_u16(bytes + 9), variables = get_u16(bytes + 11), at = FIXED;
	if (arguments == 0 || arguments + variables > STRINGS_MAX)
		protocol_error("a request has no program, or too many arguments or variables");
	*request = (struct request){
		.terminal = bytes[0] & FLAG_TERMINAL,
		.rows = get_u16(bytes + 1),
		.columns = get_u16(bytes + 3),
		.timeout_ms = get_u32(bytes + 5),
	};
	request->arguments = next_list(&at, strings, arguments);
	request->environment = next_list(&at, strings + arguments + 1, variables);
	request->directory = next_string(&at);
	if (at != filled)
		protocol_error("a request has bytes after its end");
}

bool request_take(const struct frame *frame, struct request *request)
{
	if (filled > 0 && frame->id != filling_id)
		protocol_error("a request began before the last one was complete");
	if (frame->length > EXEC_MAX - filled)
		protocol_error("a request is longer than the cap");
	memcpy(bytes + filled, frame->payload, frame->length);
	filled += frame->length;
	filling_id = frame->id;
	if (frame->type == FRAME_EXEC_PART)
		return false;
	parse(request);
	filled = 0;
	return true;
}
