/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_xlsx.c: any bytes as a workbook, or as one part of an otherwise good one: it is refused with a key, or all its
 * blocks can be read, twice with the same result, and every record has the fields of the header. Byte 0 chooses the
 * part; the bits above say whether there is a header, and whether only the second sheet is wanted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buffer.h"
#include "importer/csv.h"
#include "importer/source_file.h"
#include "importer/workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
        const char *name, *content;
};

#define RELATION "http://x/"
static const struct part parts[] = {
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
         "<c r=\"C1\" t=\"s\"><v>2</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" s=\"1\">"
         "<v>45747.5</v></c><c r=\"C2\"><v>0.1</v></c></row></sheetData></worksheet>"},
        {"xl/sharedStrings.xml", "<sst><si><t>A</t></si><si><t>B</t></si><si><t>C</t></si></sst>"},
        {"xl/styles.xml",
         "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>"
         "<xf numFmtId=\"164\"/></cellXfs></styleSheet>"},
        {"xl/workbook.xml",
         "<workbook><workbookPr/><sheets><sheet name=\"S\" r:id=\"a\"/><sheet name=\"T\" r:id=\"b\"/></sheets>"
         "</workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id=\"a\" Type=\"" RELATION "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
         "<Relationship Id=\"b\" Type=\"" RELATION "worksheet\" Target=\"sheet2.xml\"/>"
         "<Relationship Id=\"c\" Type=\"" RELATION "sharedStrings\" Target=\"sharedStrings.xml\"/>"
         "<Relationship Id=\"d\" Type=\"" RELATION "styles\" Target=\"/xl/styles.xml\"/></Relationships>"},
        {"_rels/.rels",
         "<Relationships><Relationship Id=\"a\" Type=\"" RELATION "officeDocument\" Target=\"xl/workbook.xml\"/>"
         "</Relationships>"},
        {"xl/sheet2.xml",
         "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>C</t></is></c><c t=\"str\"><v>A</v></c>"
         "<c t=\"str\"><v>B</v></c></row><row><c t=\"e\"><v>#N/A</v></c><c t=\"b\"><v>1</v></c></row></sheetData>"
         "</worksheet>"},
};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static uint32_t checksum(const uint8_t *data, size_t length)
{
        uint32_t sum = UINT32_MAX;
        for (size_t i = 0; i < length; i++) {
                sum ^= data[i];
                for (int bit = 0; bit < 8; bit++)
                        sum = sum >> 1 ^ (sum & 1 ? UINT32_C(0xEDB88320) : 0);
        }
        return ~sum;
}

static void add_little(struct buffer *out, uint64_t value, size_t bytes)
{
        for (; bytes; bytes--, value >>= 8)
                buffer_add_byte(out, (char)value);
}

/* What the heads in front of an entry and in the directory have in common. */
static void add_about(struct buffer *out, const char *name, const uint8_t *content, size_t length)
{
        add_little(out, 20, 2);
        add_little(out, 0, 8); /* flags, stored, time, date */
        add_little(out, checksum(content, length), 4);
        add_little(out, length, 4);
        add_little(out, length, 4);
        add_little(out, strlen(name), 2);
        add_little(out, 0, 2);
}

/* A workbook of stored parts, one of which is the input. */
static void build(struct buffer *out, size_t which, const uint8_t *data, size_t size)
{
        struct buffer directory;
        buffer_init(&directory, 1 << 20);
        for (size_t i = 0; i < PARTS; i++) {
                const uint8_t *content = i == which ? data : (const uint8_t *)parts[i].content;
                size_t length = i == which ? size : strlen(parts[i].content);
                buffer_add(&directory, "PK\1\2\24\0", 6);
                add_about(&directory, parts[i].name, content, length);
                add_little(&directory, 0, 10);
                add_little(&directory, out->length, 4);
                buffer_add_text(&directory, parts[i].name);
                buffer_add(out, "PK\3\4", 4);
                add_about(out, parts[i].name, content, length);
                buffer_add_text(out, parts[i].name);
                buffer_add(out, content, length);
        }
        size_t offset = out->length;
        buffer_add(out, directory.data, directory.length);
        buffer_add(out, "PK\5\6\0\0\0\0", 8);
        add_little(out, PARTS, 2);
        add_little(out, PARTS, 2);
        add_little(out, directory.length, 4);
        add_little(out, offset, 4);
        add_little(out, 0, 2);
        buffer_release(&directory);
}

/* All records, with their places. */
static enum status read_all(struct source_file *file, size_t columns, struct buffer *out, struct error *error)
{
        static struct text fields[CSV_COLUMNS_MAX];
        for (;;) {
                struct block block = {0};
                bool more = false;
                enum status status = source_file_next(file, &block, &more, error);
                if (status || !more)
                        return status;
                struct csv_parser parser = block_parser(&block, source_file_delimiter(file), NULL);
                size_t count;
                uint64_t line, row;
                while (csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &line, NULL)) {
                        const char *sheet = source_file_place(file, line, &row);
                        if (source_file_is_workbook(file) && (count != columns || !row || !line_sheet(line)))
                                abort();
                        buffer_addf(out, "%s %llu", sheet, (unsigned long long)row);
                        for (size_t i = 0; i < count; i++)
                                buffer_add(out, fields[i].data, fields[i].length);
                }
                block_release(&block);
        }
}

static void read_file(const char *path, const struct profile *profile)
{
        struct source_file *file = NULL;
        struct error error = {0};
        enum status status = source_file_open(path, profile, "/tmp/treue-fuzz-staging", &file, &error);
        if (status) {
                if (!error.key || error.status != status)
                        abort();
                return;
        }
        struct arena *arena = arena_new(1 << 22);
        struct text *fields;
        size_t columns = 0;
        struct buffer first, second;
        const struct sheet_note *notes;
        buffer_init(&first, (size_t)64 << 20);
        buffer_init(&second, (size_t)64 << 20);
        if (source_file_header(file, arena, &fields, &columns, &error))
                abort();
        enum status once = read_all(file, columns, &first, &error);
        if (source_file_rewind(file, &error))
                abort();
        enum status twice = read_all(file, columns, &second, &error);
        if (once != twice || first.length != second.length || memcmp(first.data, second.data, first.length) != 0)
                abort();
        (void)source_file_notes(file, &notes);
        buffer_release(&first);
        buffer_release(&second);
        arena_free(arena);
        source_file_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct profile_column columns[] = {
                {.field = 0, .header = {"A", 1}, .position = 0}, {.field = 2, .header = {"B", 1}, .position = 1,
                 .format = {"%d.%m.%Y", 8}}, {.field = 4, .header = {"C", 1}, .position = 2},
        };
        if (size < 1)
                return 0;
        struct profile profile = {.kind = IMPORT_PURCHASES, .header = !(data[0] & 8), .columns = columns,
                                  .column_count = data[0] & 32 ? 0 : 3};
        if (data[0] & 16)
                profile.sheet = (struct text){"2", 1};
        struct buffer archive;
        buffer_init(&archive, (size_t)8 << 20);
        size_t which = data[0] & 7;
        if (which < PARTS)
                build(&archive, which, data + 1, size - 1);
        else
                buffer_add(&archive, data + 1, size - 1);
        int descriptor = memfd_create("workbook", 0);
        char path[40];
        snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
        if (!archive.failed && descriptor >= 0 &&
            write(descriptor, archive.data, archive.length) == (ssize_t)archive.length)
                read_file(path, &profile);
        close(descriptor);
        buffer_release(&archive);
        return 0;
}
