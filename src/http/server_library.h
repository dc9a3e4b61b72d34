/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server_library.h: the functions of libmicrohttpd, loaded when a server starts: it brings a TLS library along that no
 * other command has a use for. Private to server.c, which calls the functions by their own names.
 */
#ifndef TREUE_HTTP_SERVER_LIBRARY_H
#define TREUE_HTTP_SERVER_LIBRARY_H

#include <microhttpd.h>

#include "base/status.h"

/* All that are used. */
#define SERVER_FUNCTIONS(F) \
        F(MHD_add_response_header) F(MHD_create_response_from_buffer) F(MHD_create_response_from_callback) \
        F(MHD_create_response_from_fd64) F(MHD_destroy_response) F(MHD_get_connection_info) \
        F(MHD_get_connection_values_n) F(MHD_get_version) F(MHD_queue_response) F(MHD_quiesce_daemon) \
        F(MHD_resume_connection) F(MHD_start_daemon) F(MHD_stop_daemon) F(MHD_suspend_connection)

struct server_library {
#define SERVER_MEMBER(name) __typeof__(name) *name;
        SERVER_FUNCTIONS(SERVER_MEMBER)
#undef SERVER_MEMBER
};
extern struct server_library server_library;

/* Before any of them is called; again it does nothing. STATUS_SYSTEM "library.missing". */
must_check enum status server_library_load(struct error *error);

#define MHD_add_response_header (*server_library.MHD_add_response_header)
#define MHD_create_response_from_buffer (*server_library.MHD_create_response_from_buffer)
#define MHD_create_response_from_callback (*server_library.MHD_create_response_from_callback)
#define MHD_create_response_from_fd64 (*server_library.MHD_create_response_from_fd64)
#define MHD_destroy_response (*server_library.MHD_destroy_response)
#define MHD_get_connection_info (*server_library.MHD_get_connection_info)
#define MHD_get_connection_values_n (*server_library.MHD_get_connection_values_n)
#define MHD_get_version (*server_library.MHD_get_version)
#define MHD_queue_response (*server_library.MHD_queue_response)
#define MHD_quiesce_daemon (*server_library.MHD_quiesce_daemon)
#define MHD_resume_connection (*server_library.MHD_resume_connection)
#define MHD_start_daemon (*server_library.MHD_start_daemon)
#define MHD_stop_daemon (*server_library.MHD_stop_daemon)
#define MHD_suspend_connection (*server_library.MHD_suspend_connection)

#endif
