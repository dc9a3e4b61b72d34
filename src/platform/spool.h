/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * spool.h: what comes through a pipe, kept so that it can be read again: a file without a name, gone with the process.
 * Failures are told as those of file.h. One thread.
 */
#ifndef TREUE_PLATFORM_SPOOL_H
#define TREUE_PLATFORM_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct spool;

/* Takes its room in `directory`, which exists. */
must_check enum status spool_open(const char *directory, struct spool **ret, struct error *error);
must_check enum status spool_append(struct spool *spool, const void *data, size_t length, struct error *error);
/* Up to `capacity` bytes from `offset` on; *ret_length 0 at the end. */
must_check enum status spool_read(struct spool *spool, uint64_t offset, void *out, size_t capacity, size_t *ret_length,
                                  struct error *error);
uint64_t spool_bytes(const struct spool *spool);
void spool_close(struct spool *spool); /* accepts NULL */

#endif
