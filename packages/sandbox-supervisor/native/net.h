#pragma once
/*
 * Connections that programs in the sandbox make to 127.0.0.1, carried to the gateway: the sandbox itself has no network.
 */
#include "stream.h"

/* FRAME_NET_LISTEN to FRAME_NET_CREDIT. One for a connection that is gone is no error: it was on its way. */
void net_frame(const struct frame *frame);

void net_watch(void);
void net_settle(void);
