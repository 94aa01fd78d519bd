#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"
#include "descriptors.h"
#include "loop.h"
#include "protocol.h"
#include "ring.h"

enum { CONNECTIONS_MAX = 256, BACKLOG = 128, GONE = 1, ENDED = 0 };

struct connection {
	bool used;
	uint32_t id;
	int fd;
	uint32_t window;    /* Bytes that may still be sent to the gateway. */
	struct ring output; /* From the gateway to the program. */
	uint32_t taken;	    /* Of them, to be granted again. */
	bool read_ended, write_ending, write_ended;
};

static struct connection connections[CONNECTIONS_MAX];
static int listener = -1;
static uint32_t last_id;

static struct connection *find(uint32_t id)
{
	for (struct connection *one = connections; one < connections + CONNECTIONS_MAX; one++)
		if (one->used && one->id == id)
			return one;
	return NULL;
}

static struct connection *unused(void)
{
	for (struct connection *one = connections; one < connections + CONNECTIONS_MAX; one++)
		if (!one->used)
			return one;
	return NULL;
}

static void drop(struct connection *connection)
{
	close(connection->fd);
	ring_free(&connection->output);
	connection->used = false;
}

static void tell_closed(const struct connection *connection, uint8_t how)
{
	stream_send(FRAME_NET_CLOSED, connection->id, &how, 1);
}

static void flush(void *owner)
{
	struct connection *connection = owner;
	if (connection->write_ended)
		return;
	ssize_t put = ring_flush(&connection->output, connection->fd);
	if (put > 0)
		connection->taken += (uint32_t)put;
	if (put < 0) {
		tell_closed(connection, GONE);
		connection->read_ended = connection->write_ended = true;
	} else if (connection->write_ending && connection->output.filled == 0) {
		shutdown(connection->fd, SHUT_WR);
		connection->write_ended = true;
	}
}

static void receive(void *owner)
{
	struct connection *connection = owner;
	size_t room = stream_room(), most = FRAME_PAYLOAD_MAX;
	room = room > CONTROL_ROOM ? room - CONTROL_ROOM : 0;
	most = room < most ? room : most;
	most = connection->window < most ? connection->window : most;
	if (connection->read_ended || most == 0)
		return;
	ssize_t got = read(connection->fd, stream_payload(), most);
	if (got > 0) {
		stream_commit(FRAME_NET_DATA, connection->id, (size_t)got);
		connection->window -= (uint32_t)got;
	} else if (got == 0) {
		connection->read_ended = true;
		tell_closed(connection, ENDED);
	} else if (errno != EAGAIN && errno != EINTR) {
		connection->read_ended = connection->write_ended = true;
		tell_closed(connection, GONE);
	}
}

static void accept_one(void *owner)
{
	(void)owner;
	struct connection *connection = unused();
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	do
		last_id++;
	while (find(last_id));
	*connection = (struct connection){.used = true, .id = last_id, .fd = fd, .window = OUTPUT_WINDOW};
	stream_send(FRAME_NET_OPEN, connection->id, NULL, 0);
}

static bool listen_on(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
	    listen(listener, BACKLOG) == 0)
		return true;
	close_fd(&listener);
	return false;
}

static void begin_listening(const struct frame *frame)
{
	if (frame->length != 2 || listener >= 0)
		protocol_error("no port to listen on, or a second one");
	uint16_t port = get_u16(frame->payload);
	uint8_t payload[2];
	put_u16(payload, listen_on(port) ? port : 0);
	stream_send(FRAME_NET_LISTENING, 0, payload, sizeof payload);
}

static void grant(struct connection *connection, const struct frame *frame)
{
	if (frame->length != 4 || get_u32(frame->payload) > INT32_MAX - connection->window)
		protocol_error("credit for a connection that nobody can use");
	connection->window += get_u32(frame->payload);
}

void net_frame(const struct frame *frame)
{
	if (frame->type == FRAME_NET_LISTEN) {
		begin_listening(frame);
		return;
	}
	struct connection *connection = find(frame->id);
	if (!connection)
		return;
	switch (frame->type) {
	case FRAME_NET_SEND:
		if (connection->write_ending || connection->write_ended)
			return;
		if (!ring_put(&connection->output, frame->payload, frame->length))
			protocol_error("more for a connection than was granted");
		break;
	case FRAME_NET_END:
		connection->write_ending = true;
		break;
	case FRAME_NET_RESET:
		/* So that the program sees a reset and no proper end. */
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
		drop(connection);
		return;
	case FRAME_NET_CREDIT:
		grant(connection, frame);
		return;
	}
	flush(connection);
}

void net_watch(void)
{
	bool roomy = stream_room() > CONTROL_ROOM;
	if (listener >= 0 && unused() && roomy)
		loop_watch(listener, POLLIN, accept_one, NULL);
	for (struct connection *one = connections; one < connections + CONNECTIONS_MAX; one++) {
		if (one->used && !one->read_ended && one->window > 0 && roomy)
			loop_watch(one->fd, POLLIN, receive, one);
		if (one->used && !one->write_ended && one->output.filled > 0)
			loop_watch(one->fd, POLLOUT, flush, one);
	}
}

void net_settle(void)
{
	for (struct connection *one = connections; one < connections + CONNECTIONS_MAX; one++) {
		if (!one->used)
			continue;
		if (one->read_ended && one->write_ended) {
			drop(one);
		} else if (one->taken > 0 && stream_room() >= CONTROL_ROOM) {
			uint8_t payload[4];
			put_u32(payload, one->taken);
			stream_send(FRAME_NET_GRANT, one->id, payload, sizeof payload);
			one->taken = 0;
		}
	}
}
