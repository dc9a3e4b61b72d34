/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * profile.h: a profile says how the columns of a file map to Treue's (concept-format.md, Import kinds and profiles).
 * Written in YAML; every problem is named with line and column. Lives in the arena it was parsed into.
 */
#ifndef TREUE_IMPORTER_PROFILE_H
#define TREUE_IMPORTER_PROFILE_H

#include "base/arena.h"
#include "base/decimal.h"
#include "base/status.h"
#include "base/text.h"

enum import_kind {
        IMPORT_CUSTOMERS, IMPORT_PRODUCTS, IMPORT_PURCHASES, IMPORT_POTENTIALS, IMPORT_VALUES, IMPORT_CONTACTS,
        IMPORT_CERTIFICATES, IMPORT_ACTIVITIES, IMPORT_VISITS, IMPORT_RESPONSIBILITIES, IMPORT_CONSENTS,
        IMPORT_KIND_COUNT
};

enum field_type { FIELD_TEXT, FIELD_DAY, FIELD_MONEY, FIELD_QUANTITY, FIELD_DECIMAL, FIELD_INTEGER, FIELD_YES_NO,
                  FIELD_KIND, FIELD_METHOD, FIELD_SHARE, FIELD_EMAIL, FIELD_STATUS, FIELD_ROLE, FIELD_MOMENT,
                  FIELD_CHANNEL, FIELD_CONSENT, FIELD_BASIS };

/* A column Treue knows of a kind; the tables are in profile_fields.c. */
struct field_info {
        const char *name;     /* "customer", "unit_price", "attribute:*" for a family */
        enum field_type type;
        bool required;
};
struct kind_info {
        const char *name;     /* "purchases" */
        const struct field_info *fields;
        size_t field_count;
        bool create_customers, create_products; /* `create:` may name them */
};
extern const struct kind_info kind_infos[IMPORT_KIND_COUNT];

enum encoding { ENCODING_AUTO, ENCODING_UTF_8, ENCODING_UTF_16_LE, ENCODING_UTF_16_BE, ENCODING_WINDOWS_1252 };
enum decimal_setting { DECIMAL_SETTING_AUTO, DECIMAL_SETTING_POINT, DECIMAL_SETTING_COMMA };

struct profile_column {
        size_t field;             /* index into kind_infos[kind].fields */
        struct text suffix;       /* NAME of attribute:NAME, competitor of competitor:NAME; else none */
        struct text header;       /* header name in the file; or, without header, none */
        int position;             /* 0-based column when given as a number (header: false), else -1 */
        struct text format;       /* date format; none: ISO, then German 31.12.2025 */
        unsigned prefix;          /* first n characters (code points) only; 0: all */
        struct text constant;     /* {value: ...}: the same for every row; header is none then */
};

struct profile {
        enum import_kind kind;
        struct text source, customer_source, product_source; /* the latter default to source */
        enum encoding encoding;
        char delimiter;           /* 0: auto */
        enum decimal_setting decimal;
        bool header;
        struct text sheet;        /* of a workbook: name or number of the one to read; none: all that fit */
        bool neutralised;         /* text of CSV as render/csv.h neutralises it: the apostrophe comes off */
        size_t column_count;
        struct profile_column *columns;
        bool create_customers, create_products;
        int32_t valid_from_day;   /* DAY_NONE: the import day */
        const char *text;         /* the document as read, for the import's record */
};

must_check enum status profile_parse(struct arena *arena, const char *yaml, size_t length, struct profile *ret,
                                     struct error *error);

#endif
