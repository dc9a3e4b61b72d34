/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * listener.h: a socket that waits for connections, and what a process that serves needs from the operating system.
 */
#ifndef TREUE_PLATFORM_LISTENER_H
#define TREUE_PLATFORM_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { LISTENER_ADDRESS_BYTES = 64 };

/* "127.0.0.1:8420", "[::1]:8420", ":8420" (all addresses); port 0: a free one. `ret_address` gets what was bound, in
 * the same form. The descriptor is not blocking and the caller's to close. STATUS_USAGE "listen.bad_address"
 * {address}, STATUS_SYSTEM "listen.failed" {address} {reason}. */
must_check enum status listener_open(const char *address, int *ret_descriptor, char ret_address[LISTENER_ADDRESS_BYTES],
                                     struct error *error);
void listener_close(int descriptor); /* accepts -1 */

/* No more bytes in either direction; whoever reads or waits for the socket notices. */
void socket_cut(int descriptor);

/* As many open files as this process may have at most; returns how many. */
size_t files_raise_limit(void);

/* SIGINT and SIGTERM wait for stop_signal_wait from now on, in threads started later as well; SIGPIPE is ignored. */
void stop_signal_prepare(void);
void stop_signal_wait(void); /* a second one ends the process at once */

#endif
