/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * listener.c: sockets and signals of a process that serves.
 */
#include "platform/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 511, PORT_MAX = 65535 };

union place {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
};

static bool read_port(const char *text, uint16_t *ret)
{
        unsigned port = 0;
        if (!*text)
                return false;
        for (const char *p = text; *p; p++) {
                if (*p < '0' || *p > '9')
                        return false;
                port = port * 10 + (unsigned)(*p - '0');
                if (port > PORT_MAX)
                        return false;
        }
        *ret = (uint16_t)port;
        return true;
}

/* Takes "host:port" apart; a host of no letters stands for all addresses. */
static bool read_place(const char *address, union place *ret, socklen_t *ret_length)
{
        char host[LISTENER_ADDRESS_BYTES];
        const char *colon = strrchr(address, ':');
        uint16_t port;
        size_t length = colon ? (size_t)(colon - address) : 0;
        if (!colon || length >= sizeof(host) || !read_port(colon + 1, &port))
                return false;
        bool brackets = length > 2 && address[0] == '[' && address[length - 1] == ']';
        size_t skip = brackets ? 1 : 0;
        memcpy(host, address + skip, length - 2 * skip);
        host[length - 2 * skip] = '\0';
        memset(ret, 0, sizeof(*ret));
        if (!brackets && inet_pton(AF_INET, *host ? host : "0.0.0.0", &ret->four.sin_addr) == 1) {
                ret->four.sin_family = AF_INET;
                ret->four.sin_port = htons(port);
                *ret_length = sizeof(ret->four);
                return true;
        }
        if (!brackets || inet_pton(AF_INET6, host, &ret->six.sin6_addr) != 1)
                return false;
        ret->six.sin6_family = AF_INET6;
        ret->six.sin6_port = htons(port);
        *ret_length = sizeof(ret->six);
        return true;
}

static void print_place(const union place *place, char out[LISTENER_ADDRESS_BYTES])
{
        char host[INET6_ADDRSTRLEN];
        bool is_6 = place->any.sa_family == AF_INET6;
        const void *from = is_6 ? (const void *)&place->six.sin6_addr : (const void *)&place->four.sin_addr;
        if (!inet_ntop(place->any.sa_family, from, host, sizeof(host)))
                host[0] = '\0';
        snprintf(out, LISTENER_ADDRESS_BYTES, is_6 ? "[%s]:%u" : "%s:%u", host,
                 (unsigned)ntohs(is_6 ? place->six.sin6_port : place->four.sin_port));
}

enum status listener_open(const char *address, int *ret_descriptor, char ret_address[LISTENER_ADDRESS_BYTES],
                          struct error *error)
{
        union place place;
        socklen_t length;
        int yes = 1;
        char reason[128];
        if (!read_place(address, &place, &length))
                return error_set(error, STATUS_USAGE, "listen.bad_address", "address", address, NULL);
        int descriptor = socket(place.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        bool done = descriptor >= 0 && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
                    bind(descriptor, &place.any, length) == 0 && listen(descriptor, BACKLOG) == 0 &&
                    getsockname(descriptor, &place.any, &length) == 0;
        if (!done) {
                const char *text = strerror_r(errno, reason, sizeof(reason));
                listener_close(descriptor);
                return error_set(error, STATUS_SYSTEM, "listen.failed", "address", address, "reason", text, NULL);
        }
        print_place(&place, ret_address);
        *ret_descriptor = descriptor;
        return STATUS_OK;
}

void listener_close(int descriptor)
{
        if (descriptor >= 0)
                close(descriptor);
}

void socket_cut(int descriptor)
{
        shutdown(descriptor, SHUT_RDWR);
}

size_t files_raise_limit(void)
{
        struct rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
                return 0;
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        return (size_t)limit.rlim_cur;
}

static sigset_t stop_signals(void)
{
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        return set;
}

void stop_signal_prepare(void)
{
        sigset_t set = stop_signals();
        signal(SIGPIPE, SIG_IGN);
        pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void stop_signal_wait(void)
{
        sigset_t set = stop_signals();
        int number;
        while (sigwait(&set, &number) != 0)
                ;
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
