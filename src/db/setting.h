/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * setting.h: the company's settings: "time_zone" (IANA name), "currency" (ISO 4217), "minor_digits" ("2").
 */
#ifndef TREUE_DB_SETTING_H
#define TREUE_DB_SETTING_H

#include "db/db.h"

/* Lives until the next setting_get on this connection. STATUS_NOT_FOUND "setting.missing" {name}. */
must_check enum status setting_get(struct connection *connection, const char *name, struct text *ret,
                                   struct error *error);
/* The same in an arena; {NULL, 0} where nothing is set. */
struct arena;
must_check enum status setting_find(struct connection *connection, const char *name, struct arena *arena,
                                    struct text *ret, struct error *error);
/* Inside a write function. The change is written to the audit chain. STATUS_LIMIT "setting.too_long" {name}. */
must_check enum status setting_set(struct connection *connection, const char *name, struct text value,
                                   struct error *error);
/* The same by a user, whom the audit chain then names; setting_set says "cli". */
must_check enum status setting_set_by(struct connection *connection, const char *actor, const char *name,
                                      struct text value, struct error *error);

/* A number of days, 1 to SETTING_DAYS_MAX; `usual` when there is none or it is damaged. */
enum { SETTING_DAYS_MAX = 3650 };
must_check enum status setting_days(struct connection *connection, const char *name, int32_t usual, int32_t *ret,
                                    struct error *error);

/* The ledger currency with its number of decimals. Until init or the first concept sets one, the code is "" and amounts
 * have two decimals. */
struct currency {
        char code[4];
        unsigned minor_digits;
};
must_check enum status setting_currency(struct connection *connection, struct currency *ret, struct error *error);

/* Makes `code` the ledger currency when there is none yet; inside a write function. STATUS_CONFLICT
 * "setting.currency_differs" {currency} {ledger} when it is another one, "setting.currency_digits" {currency} when
 * amounts were imported before with another number of decimals. */
must_check enum status setting_fix_currency(struct connection *connection, struct text code, struct error *error);

/* Decimals by ISO 4217. STATUS_INVALID "setting.currency_invalid" {currency} unless three capital letters. */
must_check enum status currency_minor_digits(struct text code, unsigned *ret, struct error *error);

#endif
