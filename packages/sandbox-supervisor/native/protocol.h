#pragma once
/*
 * The wire between gateway and supervisor: frames of `u32 length | u8 type | u32 id | payload`, integers big-endian,
 * `length` counting the payload alone. src/protocol.ts is the other half; a test compares the two.
 */

enum {
	PROTOCOL_VERSION = 1,
	FRAME_HEADER = 9,
	FRAME_PAYLOAD_MAX = 65536,
	/* What a side may send of one direction of one stream before the other grants more. */
	OUTPUT_WINDOW = 262144,
	INPUT_WINDOW = 65536,
	/* Of one command: directory, arguments and environment together. */
	EXEC_MAX = 1048576,
};

enum frame_type {
	/* From the gateway. */
	FRAME_EXEC = 0x01,	 /* The request, or its last part. */
	FRAME_EXEC_PART = 0x02,	 /* More of the same follows. */
	FRAME_STDIN = 0x03,
	FRAME_STDIN_EOF = 0x04,
	FRAME_SIGNAL = 0x05,	 /* u8 signal. SIGKILL ends the whole tree, others go to the process group. */
	FRAME_RESIZE = 0x06,	 /* u16 rows, u16 columns. */
	FRAME_BACKGROUND = 0x07, /* Takes the command's deadline away. */
	FRAME_LIST = 0x08,
	FRAME_PING = 0x09,
	FRAME_CREDIT = 0x0a, /* u32 more bytes of stdout and stderr together. */
	FRAME_NET_LISTEN = 0x10, /* u16 port on 127.0.0.1. */
	FRAME_NET_SEND = 0x11,
	FRAME_NET_END = 0x12, /* Nothing more will be sent. */
	FRAME_NET_RESET = 0x13,
	FRAME_NET_CREDIT = 0x14,
	/* From the supervisor. */
	FRAME_READY = 0x81, /* u16 version. */
	FRAME_STDOUT = 0x82,
	FRAME_STDERR = 0x83,
	FRAME_EXIT = 0x84,	  /* u8 kind, u8 code or signal, u8 flags, u64 microseconds. */
	FRAME_STDIN_CREDIT = 0x85, /* u32 more bytes of stdin. */
	FRAME_LISTED = 0x86,	  /* Of each command u32 id, u8 state, u64 microseconds since its start. */
	FRAME_PONG = 0x87,	  /* The payload of the ping. */
	FRAME_NET_OPEN = 0x90,
	FRAME_NET_DATA = 0x91,
	FRAME_NET_CLOSED = 0x92, /* u8: 0 nothing more will come, 1 the connection is gone. */
	FRAME_NET_GRANT = 0x93,
	FRAME_NET_LISTENING = 0x94, /* u16 port, or 0: it could not be had. */
};

enum exit_kind { EXIT_CODE = 0, EXIT_SIGNAL = 1, EXIT_NOT_STARTED = 2 };

enum exit_flag {
	EXIT_TIMED_OUT = 1,
	EXIT_SWEPT = 2, /* Everything in the sandbox was ended, this command with it. */
	/* While it ran, in the sandbox: */
	EXIT_MEMORY = 4,    /* The kernel killed a process because the memory was used up. */
	EXIT_PROCESSES = 8, /* The kernel refused a process because there were too many. */
};

enum command_state { STATE_RUNNING = 0, STATE_LEFT_BEHIND = 1 };
