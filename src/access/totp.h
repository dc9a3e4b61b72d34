/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * totp.h: the second factor: six digits of a secret and the time (RFC 6238: HMAC-SHA1, steps of 30 seconds), as
 * authenticator apps make them. A clock may be one step off. Whoever takes a code keeps its step, and takes none of
 * that step or an earlier one again.
 */
#ifndef TREUE_ACCESS_TOTP_H
#define TREUE_ACCESS_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

enum { TOTP_SECRET_BYTES = 20, TOTP_DIGITS = 6, TOTP_STEP_SECONDS = 30, TOTP_STEPS_OFF = 1 };

void totp_new_secret(uint8_t ret[TOTP_SECRET_BYTES]);
/* The step whose code it is, if it is one of now. Blanks in the code do not count. */
bool totp_check(struct bytes secret, struct text code, int64_t now_ms, int64_t *ret_step);
/* The code of a step (milliseconds / 30,000). */
void totp_code(struct bytes secret, int64_t step, char ret[TOTP_DIGITS + 1]);

/* The secret for typing: base32 without padding. */
void totp_add_base32(struct buffer *out, struct bytes secret);
/* otpauth://totp/ISSUER:LOGIN?secret=...&issuer=ISSUER, for an app or a QR code. */
void totp_add_uri(struct buffer *out, struct text issuer, struct text login, struct bytes secret);

#endif
