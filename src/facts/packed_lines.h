/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * packed_lines.h: the lines of one purchase document in one byte string (SQLite; PostgreSQL stores columns).
 *
 * Format 1, all integers LEB128: a head byte (format in the low 4 bits; PACKED_WHOLE when every quantity is a whole
 * number and stored without its three decimals; PACKED_MARKED when lines carry a mark byte), then per line: product id,
 * zigzag quantity, zigzag amount; with PACKED_MARKED a mark byte (LINE_ bits) and, as it says, zigzag cost and product
 * group. Lines are stored in canonical order (product, amount, quantity, cost, marks, group), so equal contents give
 * equal bytes whatever the order in the file, and the content hash is that of the bytes.
 */
#ifndef TREUE_FACTS_PACKED_LINES_H
#define TREUE_FACTS_PACKED_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "db/lines.h"

enum {
        LINE_COST_KNOWN = 1,
        LINE_DIGITAL_KNOWN = 2,
        LINE_DIGITAL = 4,
        LINE_GROUP_USUAL = 8, /* names the group the product was created with (product.first_group_id): no space */
        LINE_QUANTITY_UNKNOWN = 32, /* the file gave none: stored as 0, no cost can be derived from it */
        LINE_GROUP_NAMED = 16, /* names another group: its id follows */
};

struct line {
        uint32_t product;       /* product.id */
        uint32_t group;         /* product_group.id with LINE_GROUP_NAMED, else 0 */
        uint8_t marks;          /* LINE_ bits */
        int64_t quantity_milli; /* three decimals */
        int64_t amount_minor;
        int64_t cost_minor;     /* with LINE_COST_KNOWN, else 0 */
};

/* Sorts into canonical order. */
void lines_sort(struct line *lines, size_t count);
/* Appends the packed form of lines in canonical order. */
bool lines_pack(const struct line *lines, size_t count, struct buffer *out);
/* Number of lines is known from the document row. False when the bytes are not a packed form of `count` lines. */
bool lines_unpack(struct bytes packed, struct line *ret_lines, size_t count);
/* The same lines as columns, for databases that store them so (db/lines.h). */
extern const struct lines_codec packed_lines_codec;
/* Hash of a document's content: day and packed lines. */
int64_t lines_hash(int32_t day, struct bytes packed);

#endif
