/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * detect.c: encoding, delimiter and decimal mark by evidence.
 */
#include "importer/detect.h"

#include "base/buffer.h"
#include "importer/csv.h"
#include "importer/encoding.h"
#include "importer/number.h"

enum { RECORDS_MAX = 200, EVIDENCE_FACTOR = 10, HEADER_RECORDS_MAX = 30 };

static const char delimiters[] = {',', ';', '\t', '|'};

/* The sample may end inside a UTF-8 sequence: leave an unfinished one out. */
static size_t without_cut_sequence(const uint8_t *data, size_t length)
{
        for (size_t back = 1; back <= 3 && back <= length; back++) {
                uint8_t byte = data[length - back];
                if ((byte & 0xC0) == 0x80)
                        continue;
                size_t needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
                return needed > back ? length - back : length;
        }
        return length;
}

static bool is_ascii(const uint8_t *data, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if (data[i] >= 0x80)
                        return false;
        return true;
}

/* The byte order mark of an encoding at the beginning of the data. */
static size_t mark_length(const uint8_t *data, size_t length, enum encoding encoding)
{
        if (encoding == ENCODING_UTF_8)
                return length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        if (encoding == ENCODING_UTF_16_LE)
                return length >= 2 && data[0] == 0xFF && data[1] == 0xFE ? 2 : 0;
        if (encoding == ENCODING_UTF_16_BE)
                return length >= 2 && data[0] == 0xFE && data[1] == 0xFF ? 2 : 0;
        return 0;
}

/* UTF-16 without a mark: text in Latin letters has its zero bytes all on one side. */
static enum encoding utf_16_by_zero_bytes(const uint8_t *data, size_t length)
{
        size_t pairs = (length < 65536 ? length : 65536) / 2, even = 0, odd = 0;
        for (size_t i = 0; i < pairs; i++) {
                even += data[2 * i] == 0;
                odd += data[2 * i + 1] == 0;
        }
        if (odd * 3 > pairs && even * 20 < pairs)
                return ENCODING_UTF_16_LE;
        if (even * 3 > pairs && odd * 20 < pairs)
                return ENCODING_UTF_16_BE;
        return ENCODING_AUTO;
}

static bool is_windows_1252(const uint8_t *data, size_t length)
{
        for (size_t i = 0; i < length; i++) {
                uint8_t byte = data[i];
                if (byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D)
                        return false;
                if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != 0x1A)
                        return false;
        }
        return true;
}

/* Text of both encodings, as where files were put together: of all that is not ASCII at least a tenth is UTF-8, which
 * hardly ever comes about by chance. *ret_at: the first that is none. */
static bool is_mixed(const char *data, size_t length, size_t *ret_at)
{
        size_t good = 0, bad = 0;
        for (size_t at = 0; at < length;) {
                if (!((uint8_t)data[at] & 0x80)) {
                        at++;
                        continue;
                }
                size_t most = length - at < 4 ? length - at : 4, valid = encoding_valid_utf_8(data + at, most);
                while (valid > 1 && ((uint8_t)data[at + valid - 1] & 0x80) == 0)
                        valid--; /* ASCII behind the character */
                if (valid == 0 && bad++ == 0)
                        *ret_at = at;
                good += valid > 0;
                at += valid ? valid : 1;
        }
        return bad > 0 && good * 10 >= bad;
}

static enum status text_problem(const char *key, const char *file_name, const char *data, size_t at,
                                struct error *error)
{
        return error_at(error, STATUS_INVALID, (unsigned)encoding_count_lines(data, at) + 1, 0, key, "file", file_name,
                        "encoding", encoding_name(ENCODING_UTF_8), NULL);
}

static bool is_utf_32(const uint8_t *data, size_t length)
{
        return length >= 4 && (memcmp(data, "\xFF\xFE\0\0", 4) == 0 || memcmp(data, "\0\0\xFE\xFF", 4) == 0);
}

enum status detect_encoding(const uint8_t *data, size_t length, bool whole, enum encoding set, const char *file_name,
                            struct detected_encoding *ret, struct error *error)
{
        static const enum encoding marked[] = {ENCODING_UTF_8, ENCODING_UTF_16_LE, ENCODING_UTF_16_BE};
        struct detected_encoding found = {.encoding = set};
        bool wide = set == ENCODING_UTF_16_LE || set == ENCODING_UTF_16_BE;
        for (size_t i = 0; i < 3 && found.mark_bytes == 0 && !is_utf_32(data, length); i++) {
                if (set != ENCODING_AUTO && set != marked[i] && !(wide && i > 0))
                        continue;
                found.mark_bytes = mark_length(data, length, marked[i]);
                if (found.mark_bytes)
                        found.encoding = marked[i];
        }
        if (found.encoding == ENCODING_AUTO && !is_utf_32(data, length))
                found.encoding = utf_16_by_zero_bytes(data, length);
        if (found.encoding == ENCODING_AUTO && !memchr(data, 0, length)) {
                size_t checked = whole ? length : without_cut_sequence(data, length);
                found.ascii_only = is_ascii(data, length);
                if (found.ascii_only || text_is_utf8((const char *)data, checked))
                        found.encoding = ENCODING_UTF_8;
                else if (is_windows_1252(data, length))
                        found.encoding = ENCODING_WINDOWS_1252;
        }
        const char *zero = found.encoding == ENCODING_AUTO && !is_utf_32(data, length) ? memchr(data, 0, length) : NULL;
        if (zero)
                return text_problem("import.nul_byte", file_name, (const char *)data,
                                    (size_t)(zero - (const char *)data), error);
        size_t at = 0;
        if (set == ENCODING_AUTO && found.encoding == ENCODING_WINDOWS_1252
            && is_mixed((const char *)data, length, &at))
                return text_problem("import.invalid_text", file_name, (const char *)data, at, error);
        if (found.encoding == ENCODING_AUTO)
                return error_set(error, STATUS_INVALID, "import.unknown_encoding", "file", file_name, NULL);
        *ret = found;
        return STATUS_OK;
}

/* Walks the records of a sample without changing it: the sample is copied, since fields are undoubled in place. */
struct sample {
        struct csv_parser parser;
        char *copy;
        struct text fields[CSV_COLUMNS_MAX];
        size_t count;
};

static void sample_free(struct sample **sample)
{
        if (*sample)
                free((*sample)->copy);
        free(*sample);
}

static struct sample *sample_new(const char *data, size_t length, bool whole, char delimiter)
{
        struct sample *sample = calloc(1, sizeof(*sample));
        size_t used = csv_split(data, length, delimiter, whole, NULL);
        char *copy = sample ? malloc(used + 1) : NULL;
        if (!copy) {
                free(sample);
                return NULL;
        }
        memcpy(copy, data, used);
        sample->copy = copy;
        sample->parser = (struct csv_parser){.cursor = copy, .end = copy + used, .delimiter = delimiter, .line = 1};
        return sample;
}

static bool sample_next(struct sample *sample)
{
        uint64_t line;
        if (!csv_next(&sample->parser, sample->fields, CSV_COLUMNS_MAX, &sample->count, &line, NULL))
                return false;
        if (sample->count > CSV_COLUMNS_MAX)
                sample->count = CSV_COLUMNS_MAX;
        return true;
}

static int position_of(const struct sample *header, const struct profile *profile, const struct profile_column *column)
{
        if (column->constant.data)
                return -1;
        if (!profile->header)
                return (size_t)column->position < header->count ? column->position : -1;
        for (size_t i = 0; i < header->count; i++)
                if (text_equal(text_trim(header->fields[i]), column->header))
                        return (int)i;
        return -1;
}

static bool has_all_columns(const struct sample *header, const struct profile *profile)
{
        for (size_t i = 0; i < profile->column_count; i++)
                if (!profile->columns[i].constant.data && position_of(header, profile, &profile->columns[i]) < 0)
                        return false;
        return true;
}

/* "sep=;": what spreadsheets are told the delimiter by. */
static size_t delimiter_line(const char *data, size_t length)
{
        enum { WORD = 4 };
        if (length < WORD + 2 || (memcmp(data, "sep=", WORD) != 0 && memcmp(data, "SEP=", WORD) != 0))
                return 0;
        size_t at = WORD + 1;
        at += data[at] == '\r';
        return at < length && data[at] == '\n' ? at + 1 : data[WORD + 1] == '\r' ? at : 0;
}

enum status detect_head(const char *data, size_t length, bool whole, const struct profile *profile, size_t *ret_bytes,
                        size_t *ret_records, struct error *error)
{
        size_t bytes = delimiter_line(data, length), records = bytes > 0, found_at = HEADER_RECORDS_MAX;
        const char *set = profile->delimiter ? &profile->delimiter : delimiters;
        size_t set_count = profile->delimiter ? 1 : sizeof(delimiters);
        for (size_t i = 0; profile->header && i < set_count && found_at; i++) {
                __attribute__((cleanup(sample_free))) struct sample *sample = sample_new(data, length, whole, set[i]);
                if (!sample)
                        return error_memory(error);
                const char *start = sample->copy;
                for (size_t record = 0; record < found_at && sample_next(sample); record++) {
                        if (has_all_columns(sample, profile)) {
                                found_at = records = record;
                                bytes = (size_t)(start - sample->copy);
                        }
                        start = sample->parser.cursor;
                }
        }
        *ret_bytes = bytes;
        *ret_records = records;
        return STATUS_OK;
}

struct candidate {
        size_t columns;  /* fields of the first record */
        bool named;      /* the first record has all columns of the profile */
        bool steady;     /* nine of ten records have as many fields */
};

static bool candidate_measure(const char *data, size_t length, bool whole, char delimiter,
                              const struct profile *profile, struct candidate *ret)
{
        __attribute__((cleanup(sample_free))) struct sample *sample = sample_new(data, length, whole, delimiter);
        if (!sample)
                return false;
        *ret = (struct candidate){0};
        size_t records = 0, alike = 0;
        while (records < RECORDS_MAX && sample_next(sample)) {
                if (records++ == 0) {
                        ret->columns = sample->count;
                        ret->named = has_all_columns(sample, profile);
                }
                alike += sample->count == ret->columns;
        }
        ret->steady = alike * 10 >= records * 9;
        return true;
}

/* Better by: names the columns, is steady, has more fields. <0, 0, >0. */
static int candidate_compare(const struct candidate *a, const struct candidate *b)
{
        if (a->named != b->named)
                return a->named ? 1 : -1;
        if (a->steady != b->steady)
                return a->steady ? 1 : -1;
        return a->columns == b->columns ? 0 : a->columns > b->columns ? 1 : -1;
}

enum status detect_delimiter(const char *data, size_t length, bool whole, const struct profile *profile,
                             const char *file_name, char *ret, struct error *error)
{
        struct candidate candidates[sizeof(delimiters)];
        size_t best = 0;
        bool tied = false;
        for (size_t i = 0; i < sizeof(delimiters); i++) {
                if (!candidate_measure(data, length, whole, delimiters[i], profile, &candidates[i]))
                        return error_memory(error);
                int compared = i == 0 ? 1 : candidate_compare(&candidates[i], &candidates[best]);
                if (compared > 0) {
                        best = i;
                        tied = false;
                } else if (compared == 0) {
                        tied = true;
                }
        }
        const struct candidate *winner = &candidates[best];
        /* A file of one column has no delimiter at all: every candidate is as good. */
        bool sole_column = winner->named && winner->columns == 1 && winner->steady;
        if (!sole_column && (tied || winner->columns < 2 || (!winner->named && !winner->steady)))
                return error_set(error, STATUS_INVALID, "import.unknown_delimiter", "file", file_name, NULL);
        *ret = delimiters[best];
        return STATUS_OK;
}

void detect_weigh_number(struct text text, struct number_evidence *evidence)
{
        size_t points = 0, commas = 0, digits = 0, before = 0, after = 0;
        char last = 0, first_digit = 0;
        const struct text cell = text;
        struct bare_number bare;
        if (number_bare(text, NUMBER_ANY_CURRENCY, &bare) == NUMBER_BARED)
                text = bare.text;
        for (size_t i = 0; i < text.length; i++) {
                char byte = text.data[i];
                if (byte >= '0' && byte <= '9') {
                        digits++;
                        after++;
                        if (!first_digit)
                                first_digit = byte;
                } else if (byte == '.' || byte == ',') {
                        points += byte == '.';
                        commas += byte == ',';
                        before = digits;
                        after = 0;
                        last = byte;
                } else if (byte != '-' && byte != '+' && byte != ' ' && byte != '\'' && byte != '%' &&
                           (unsigned char)byte < 0x80) {
                        return;
                }
        }
        if (digits == 0 || !last)
                return;
        bool last_is_decimal = points && commas;
        if (last_is_decimal) {
                if ((last == '.' ? points : commas) > 1)
                        return;
        } else if (points + commas > 1) {
                last = last == '.' ? ',' : '.'; /* what stands twice groups: the other one is the decimal mark */
        } else if (after == 3 && before >= 1 && before <= 3 && first_digit != '0') {
                if (evidence->ambiguous++ == 0)
                        evidence->example = cell;
                return;
        }
        evidence->point += last == '.';
        evidence->comma += last == ',';
}

static bool is_number(enum field_type type)
{
        return type == FIELD_MONEY || type == FIELD_QUANTITY || type == FIELD_DECIMAL || type == FIELD_SHARE ||
               type == FIELD_INTEGER;
}

static void weigh_records(struct sample *sample, const struct profile *profile, struct number_evidence *evidence)
{
        int positions[64];
        size_t count = 0;
        bool first = true;
        while (sample_next(sample)) {
                for (size_t i = 0; first && i < profile->column_count && count < 64; i++) {
                        const struct profile_column *column = &profile->columns[i];
                        int position = position_of(sample, profile, column);
                        if (position >= 0 && is_number(kind_infos[profile->kind].fields[column->field].type))
                                positions[count++] = position;
                }
                for (size_t i = 0; !(first && profile->header) && i < count; i++)
                        if ((size_t)positions[i] < sample->count)
                                detect_weigh_number(text_trim(sample->fields[positions[i]]), evidence);
                first = false;
        }
}

enum status detect_decimal(const char *data, size_t length, bool whole, char delimiter, const struct profile *profile,
                           const char *file_name, enum decimal_mark *ret, struct error *error)
{
        if (profile->decimal != DECIMAL_SETTING_AUTO) {
                *ret = profile->decimal == DECIMAL_SETTING_POINT ? DECIMAL_POINT : DECIMAL_COMMA;
                return STATUS_OK;
        }
        __attribute__((cleanup(sample_free))) struct sample *sample = sample_new(data, length, whole, delimiter);
        if (!sample)
                return error_memory(error);
        struct number_evidence evidence = {0};
        weigh_records(sample, profile, &evidence);
        if (evidence.point > 0 && evidence.point >= EVIDENCE_FACTOR * evidence.comma) {
                *ret = DECIMAL_POINT;
                return STATUS_OK;
        }
        if (evidence.comma > 0 && evidence.comma >= EVIDENCE_FACTOR * evidence.point) {
                *ret = DECIMAL_COMMA;
                return STATUS_OK;
        }
        if (evidence.point || evidence.comma || evidence.ambiguous) {
                struct buffer example __attribute__((cleanup(buffer_release)));
                buffer_init(&example, 64);
                size_t shown = evidence.example.length < 60 ? evidence.example.length : 60;
                buffer_add(&example, evidence.example.data, shown);
                return error_set(error, STATUS_INVALID, evidence.ambiguous && !evidence.point && !evidence.comma ?
                                 "import.ambiguous_decimal" : "import.mixed_decimal", "file", file_name, "value",
                                 example.data, NULL);
        }
        *ret = delimiter == ';' ? DECIMAL_COMMA : DECIMAL_POINT;
        return STATUS_OK;
}
