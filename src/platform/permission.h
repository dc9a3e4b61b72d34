/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * permission.h: which right is missing, where, and to whom. The operating system only says that something was refused;
 * what stands in the way may be a folder far above.
 */
#ifndef TREUE_PLATFORM_PERMISSION_H
#define TREUE_PLATFORM_PERMISSION_H

#include "base/status.h"

enum permission {
        PERMISSION_READ,    /* of a file or folder that exists */
        PERMISSION_WRITE,   /* to a file or folder; where there is none, to make it */
        PERMISSION_REPLACE, /* to make, rename or remove it: a matter of the folder it lies in */
};

/* Does the user this process runs as have the right to `path`? STATUS_SYSTEM names the first thing in the way:
 * "permission.enter" {path} {user}: a folder on the way; "permission.read", "permission.write" {path} {user};
 * "permission.create" {path} {user}: the folder it lies in; "permission.read_only" {path}: a file system mounted so.
 * STATUS_OK when nothing is in the way, also when there is no such file. */
must_check enum status permission_check(const char *path, enum permission wanted, struct error *error);

/* What is said after a call failed for `reason` (errno): which right is missing where one is, else what the system says
 * of `action` and `path`. Never STATUS_OK. */
must_check enum status permission_failure(const char *action, const char *path, int reason, enum permission wanted,
                                          struct error *error);

#endif
