/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * generate.c: the benchmark's purchases: a deterministic CSV of invoices. Stands alone, needs only the C library.
 *
 *   generate --lines N [--variant plain|rich] [--seed S] [--customers N] > file.csv
 *
 * N lines in about N/10 documents of 1 to 19 lines, dates rising from 2023-01-01 to 2025-12-31, N/100 customers (at
 * least 100) of which few buy much (index = n x u squared), 5,000 articles in 500 groups (the first three characters).
 * The rich variant has a cost (missing in every 50th line) and a digital mark (yes, no, empty) per document, and all
 * lines are shuffled.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
        ARTICLES = 5000,
        ARTICLES_PER_GROUP = 10,
        GROUPS_PER_LETTER = 100,
        DAYS = 1096, /* 2023 to 2025 */
        LINES_PER_DOCUMENT = 19,
        LINES_MAX = 1000000000,
        OUTPUT_BYTES = 1 << 20,
        OUTPUT_LINE_BYTES = 128,
};

enum digital { DIGITAL_YES, DIGITAL_NO, DIGITAL_UNKNOWN };

struct document {
        uint32_t customer;
        uint16_t day; /* since 2023-01-01 */
        uint8_t digital;
};

struct line {
        uint32_t document;
        uint32_t amount_cents;
        uint32_t cost_cents; /* 0: none */
        uint16_t article;
        uint8_t number, quantity;
};

struct options {
        uint64_t lines, seed, customers;
        bool rich;
};

struct output {
        char *bytes;
        size_t used;
        bool failed;
};

static uint64_t random_next(uint64_t *state)
{
        /* splitmix64 */
        uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
}

/* Evenly from 0 up to n - 1. */
static uint64_t random_below(uint64_t *state, uint64_t n)
{
        return (uint64_t)(((unsigned __int128)random_next(state) * n) >> 64);
}

/* n x u x u for an even u in 0..1, in integers: small results are frequent. */
static uint32_t random_skewed(uint64_t *state, uint64_t n)
{
        uint64_t u = random_next(state) >> 32;
        return (uint32_t)(((unsigned __int128)(u * u) * n) >> 64);
}

static void flush(struct output *out)
{
        if (fwrite(out->bytes, 1, out->used, stdout) != out->used)
                out->failed = true;
        out->used = 0;
}

static void put_text(struct output *out, const char *text)
{
        size_t length = strlen(text);
        memcpy(out->bytes + out->used, text, length);
        out->used += length;
}

static void put_char(struct output *out, char c)
{
        out->bytes[out->used++] = c;
}

/* At least `width` digits. */
static void put_number(struct output *out, uint32_t number, int width)
{
        char digits[10];
        int count = 0;
        do {
                digits[count++] = (char)('0' + number % 10);
                number /= 10;
        } while (number || count < width);
        while (count)
                out->bytes[out->used++] = digits[--count];
}

static void put_cents(struct output *out, uint32_t cents)
{
        put_number(out, cents / 100, 1);
        put_char(out, '.');
        put_number(out, cents % 100, 2);
}

static void put_day(struct output *out, uint32_t day)
{
        static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        uint32_t year = 2023, month = 0;
        while (day >= (year == 2024 ? 366u : 365u))
                day -= year++ == 2024 ? 366 : 365;
        for (;;) {
                uint32_t length = month_days[month] + (month == 1 && year == 2024);
                if (day < length)
                        break;
                day -= length;
                month++;
        }
        put_number(out, year, 4);
        put_char(out, '-');
        put_number(out, month + 1, 2);
        put_char(out, '-');
        put_number(out, day + 1, 2);
}

/* A4312: group A43, then two digits. */
static void put_article(struct output *out, uint32_t article)
{
        uint32_t group = article / ARTICLES_PER_GROUP;
        put_char(out, (char)('A' + group / GROUPS_PER_LETTER));
        put_number(out, group % GROUPS_PER_LETTER, 2);
        put_number(out, 10 + article % ARTICLES_PER_GROUP, 2);
}

static void put_line(struct output *out, const struct document *document, const struct line *line, bool rich)
{
        static const char *const marks[] = {"yes", "no", ""};
        if (OUTPUT_BYTES - out->used < OUTPUT_LINE_BYTES)
                flush(out);
        put_char(out, 'R');
        put_number(out, line->document + 1, 8);
        put_char(out, ',');
        put_number(out, line->number, 1);
        put_text(out, ",K");
        put_number(out, document->customer, 6);
        put_char(out, ',');
        put_day(out, document->day);
        put_char(out, ',');
        put_article(out, line->article);
        put_char(out, ',');
        put_number(out, line->quantity, 1);
        put_char(out, ',');
        put_cents(out, line->amount_cents);
        if (rich) {
                put_char(out, ',');
                if (line->cost_cents)
                        put_cents(out, line->cost_cents);
                put_char(out, ',');
                put_text(out, marks[document->digital]);
        }
        put_char(out, '\n');
}

static struct document make_document(uint64_t *state, const struct options *options, uint64_t lines_before)
{
        struct document document = {
                .customer = random_skewed(state, options->customers),
                .day = (uint16_t)(lines_before * DAYS / options->lines),
        };
        uint64_t mark = random_below(state, 20);
        document.digital = mark < 11 ? DIGITAL_YES : mark < 18 ? DIGITAL_NO : DIGITAL_UNKNOWN;
        return document;
}

static struct line make_line(uint64_t *state, uint32_t document, uint32_t number)
{
        struct line line = {.document = document, .number = (uint8_t)number};
        line.article = (uint16_t)random_below(state, ARTICLES);
        line.quantity = (uint8_t)(1 + random_below(state, 40));
        /* A list price per article, discounted by up to 30 %. */
        uint32_t list_cents = 199 + (line.article * UINT32_C(7919)) % 9800;
        uint32_t price_cents = list_cents - (uint32_t)(list_cents * random_below(state, 31) / 100);
        line.amount_cents = price_cents * line.quantity;
        uint32_t cost_cents = (list_cents * 62 / 100) * line.quantity;
        line.cost_cents = random_below(state, 50) ? cost_cents : 0;
        return line;
}

static bool write_plain(struct output *out, const struct options *options)
{
        uint64_t state = options->seed;
        uint64_t written = 0;
        for (uint32_t number = 0; written < options->lines; number++) {
                struct document document = make_document(&state, options, written);
                uint64_t count = 1 + random_below(&state, LINES_PER_DOCUMENT);
                if (count > options->lines - written)
                        count = options->lines - written;
                for (uint32_t i = 1; i <= count; i++) {
                        struct line line = make_line(&state, number, i);
                        put_line(out, &document, &line, options->rich);
                }
                written += count;
        }
        return true;
}

static bool write_shuffled(struct output *out, const struct options *options)
{
        uint64_t state = options->seed;
        struct line *lines = malloc(options->lines * sizeof(*lines));
        struct document *documents = malloc(options->lines * sizeof(*documents));
        bool done = lines && documents;
        uint64_t written = 0;
        for (uint32_t number = 0; done && written < options->lines; number++) {
                documents[number] = make_document(&state, options, written);
                uint64_t count = 1 + random_below(&state, LINES_PER_DOCUMENT);
                for (uint32_t i = 1; i <= count && written < options->lines; i++)
                        lines[written++] = make_line(&state, number, i);
        }
        for (uint64_t i = done ? written : 0; i > 1; i--) {
                uint64_t other = random_below(&state, i);
                struct line swap = lines[i - 1];
                lines[i - 1] = lines[other];
                lines[other] = swap;
        }
        for (uint64_t i = 0; done && i < written; i++)
                put_line(out, &documents[lines[i].document], &lines[i], options->rich);
        free(lines);
        free(documents);
        return done;
}

static bool parse_number(const char *text, uint64_t *ret)
{
        char *end;
        if (*text < '0' || *text > '9')
                return false;
        *ret = strtoull(text, &end, 10);
        return !*end;
}

static bool parse_options(int argc, char **argv, struct options *ret)
{
        struct options options = {.seed = 1};
        for (int i = 1; i < argc; i += 2) {
                const char *value = i + 1 < argc ? argv[i + 1] : "";
                if (!strcmp(argv[i], "--lines")) {
                        if (!parse_number(value, &options.lines))
                                return false;
                } else if (!strcmp(argv[i], "--seed")) {
                        if (!parse_number(value, &options.seed))
                                return false;
                } else if (!strcmp(argv[i], "--customers")) {
                        if (!parse_number(value, &options.customers))
                                return false;
                } else if (!strcmp(argv[i], "--variant")) {
                        options.rich = !strcmp(value, "rich");
                        if (!options.rich && strcmp(value, "plain"))
                                return false;
                } else {
                        return false;
                }
        }
        if (!options.lines || options.lines > LINES_MAX)
                return false;
        if (!options.customers)
                options.customers = options.lines / 100 < 100 ? 100 : options.lines / 100;
        if (options.customers > 100000000)
                return false;
        *ret = options;
        return true;
}

int main(int argc, char **argv)
{
        struct options options;
        if (!parse_options(argc, argv, &options)) {
                fputs("usage: generate --lines N [--variant plain|rich] [--seed S] [--customers N] > file.csv\n",
                      stderr);
                return 2;
        }
        struct output out = {.bytes = malloc(OUTPUT_BYTES)};
        if (!out.bytes) {
                fputs("generate: no memory\n", stderr);
                return 3;
        }
        put_text(&out, "invoice,line,customer,date,article,quantity,net_amount");
        put_text(&out, options.rich ? ",cost,digital\n" : "\n");
        bool done = options.rich ? write_shuffled(&out, &options) : write_plain(&out, &options);
        flush(&out);
        free(out.bytes);
        if (!done || out.failed || fflush(stdout)) {
                fputs(done ? "generate: cannot write\n" : "generate: no memory\n", stderr);
                return 3;
        }
        return 0;
}
