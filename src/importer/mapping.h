/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mapping.h: a profile bound to the header of a file, and the values of its fields read by type.
 */
#ifndef TREUE_IMPORTER_MAPPING_H
#define TREUE_IMPORTER_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/status.h"
#include "base/text.h"
#include "importer/profile.h"

/* A column of the profile and where it stands. */
struct mapped_column {
        const struct profile_column *column;
        const struct field_info *field;
        int position;             /* 0-based place in the record; -1: the constant of the profile */
        struct text name;         /* for readers: the header, "3" without header, or the field for a constant */
        const char *format;       /* date format, NUL-terminated; NULL: ISO, then German */
        bool neutralised;         /* cells are restored first (render/csv.h) */
        const char *currency;     /* amounts may name it (number.h); NULL or "": they may name none */
};

struct column_mapping {
        enum import_kind kind;
        size_t file_columns;      /* fields every record must have */
        size_t count;
        struct mapped_column *columns;
};

/* Finds every column of the profile in the header. A missing or doubled header is named, with what the file has:
 * import.header_missing, import.header_doubled, import.column_position. `currency` is the ledger's, "" while there is
 * none; it lives as long as the mapping. */
must_check enum status column_mapping_bind(struct arena *arena, const struct profile *profile,
                                           const struct text *header, size_t header_count, const char *currency,
                                           struct column_mapping *ret, struct error *error);

/* The column of a field; NULL when the profile does not map it. */
const struct mapped_column *column_mapping_find(const struct column_mapping *mapping, const char *field);

/* The text of a column in a record: constant or field, restored, cut to the prefix; not trimmed. */
struct text mapped_text(const struct mapped_column *column, const struct text *fields, size_t field_count);

/* First `count` code points of UTF-8 text. */
struct text text_prefix(struct text text, unsigned count);
/* Nothing but white space (Unicode), or empty. */
bool text_is_blank(struct text text);

struct field_value {
        bool known;               /* false: the cell is blank */
        struct text text;         /* FIELD_TEXT as it stands; else trimmed */
        int32_t day;              /* FIELD_DAY */
        int64_t number;           /* FIELD_MONEY minor units, FIELD_QUANTITY thousandths, FIELD_SHARE millionths,
                                   * FIELD_INTEGER, FIELD_DECIMAL units */
        uint8_t scale;            /* FIELD_DECIMAL: number / 10^scale, without trailing zeros */
        int64_t instant_ms;       /* FIELD_MOMENT, in the company's zone unless the text names one */
        bool yes;                 /* FIELD_YES_NO; FIELD_KIND: prospect; FIELD_METHOD: estimated */
};

/* FIELD_STATUS and FIELD_ROLE hold one of these as `number`; FIELD_CHANNEL, FIELD_CONSENT and FIELD_BASIS an enum
 * consent_channel, consent_kind and consent_basis (customers/consent.h). */
enum activity_status { ACTIVITY_CONFIRMED, ACTIVITY_PLANNED, ACTIVITY_CANCELLED };
enum responsibility_role { RESPONSIBLE_REP, RESPONSIBLE_DEPUTY, RESPONSIBLE_INSIDE, RESPONSIBLE_HEAD };
/* The word such a number is stored as: "confirmed", "rep", ... */
const char *field_word(enum field_type type, int64_t number);

/* Reads the cell of a column. NULL, or the key of the reason it is refused for (import.reason.date, .number,
 * .currency, .too_large, .too_precise, .integer, .yes_no, .kind, .method, .share, .email, .status, .role, .moment,
 * .channel, .consent, .basis, .empty when the field is required). */
const char *field_parse(const struct mapped_column *column, struct text cell, enum decimal_mark mark,
                        unsigned minor_digits, struct field_value *ret);

#endif
