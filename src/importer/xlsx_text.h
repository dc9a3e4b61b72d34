/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_text.h: the texts of a workbook: plain or in runs of several formats (<t>, <r><t>), with the reading aids of
 * East Asian texts (<rPh>) left out, and the shared ones as a table that does not grow with the memory of the process.
 */
#ifndef TREUE_IMPORTER_XLSX_TEXT_H
#define TREUE_IMPORTER_XLSX_TEXT_H

#include "base/buffer.h"
#include "base/text.h"
#include "importer/xlsx_part.h"

/* A spreadsheet's cell holds 32,767 characters: at most four bytes each. */
enum { XLSX_TEXT_BYTES_MAX = 4 * 32767 };

/* Undoes "_x000D_" (a character that XML has no room for, in hexadecimal) in place; characters below a blank other than
 * tab and line ends vanish. Returns the new length. */
size_t xlsx_unescape(char *data, size_t length);

/* Collects what stands in <t> elements below <si> or <is>. Blanks at both ends count only with xml:space="preserve". */
struct xlsx_text {
        struct buffer text;       /* of XLSX_TEXT_BYTES_MAX */
        unsigned phonetic, open;  /* inside so many <rPh>, <t> */
        bool preserved;
};
void xlsx_text_init(struct xlsx_text *text);
void xlsx_text_release(struct xlsx_text *text);
void xlsx_text_clear(struct xlsx_text *text);
void xlsx_text_start(struct xlsx_text *text, const char *name, const char **attributes);
void xlsx_text_end(struct xlsx_text *text, const char *name);
void xlsx_text_add(struct xlsx_text *text, const char *data, size_t length);
/* The finished text, until it is cleared; false when it is too long. */
bool xlsx_text_finish(struct xlsx_text *text, struct text *ret);

enum {
        XLSX_STRINGS_MAX = 16 << 20,          /* a million rows with sixteen texts each, no two alike */
        XLSX_STRINGS_MEMORY_BYTES = 8 << 20,  /* more is kept in a file in the staging directory */
};
#define XLSX_STRINGS_BYTES_MAX (UINT64_C(1) << 30)

struct xlsx_strings;
/* `entry` ARCHIVE_NONE: no shared strings. STATUS_INVALID workbook.too_many_strings, workbook.text_too_long. */
must_check enum status xlsx_strings_read(struct archive *archive, size_t entry, const char *file_name,
                                         const char *staging_directory, struct xlsx_strings **ret,
                                         struct error *error);
void xlsx_strings_free(struct xlsx_strings *strings); /* accepts NULL; removes the file */
size_t xlsx_strings_count(const struct xlsx_strings *strings);
bool xlsx_strings_are_spilled(const struct xlsx_strings *strings);
struct text xlsx_strings_get(const struct xlsx_strings *strings, size_t number); /* number < count */

#endif
