/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_index.c: the column index of purchases: built, published, opened, damaged, extended.
 */
#include "facts/index_build.h"
#include "facts/index_format.h"
#include "facts/index_memory.h"
#include "facts/index_open.h"
#include "facts/rebuild.h"
#include "facts_fixture.h"

enum { DAY = 14700, SEEN_MAX = 2000 };
static const struct audit_point beginning; /* every database holds it */

/* ---- the builder alone ------------------------------------------------------------------------------------------- */

static void add(struct index_builder *builder, int64_t customer, int source, const char *number, int day,
                const struct line *lines, size_t count)
{
        struct error error;
        int64_t total = 0;
        for (size_t i = 0; i < count; i++)
                total += lines[i].amount_minor;
        struct index_document document = {customer, source, text_of(number), day, total, count, lines};
        assert_ok(index_builder_add(builder, &document, &error));
}

/* Three documents of two customers, the first customer's in the wrong order. The second line of the last document has
 * the only cost and the only quantity that needs more than 32 bits. */
static void add_small(struct index_builder *builder)
{
        const struct line late[] = {{.product = 4, .quantity_milli = 1000, .amount_minor = 700}};
        const struct line early[] = {{.product = 2, .quantity_milli = -500, .amount_minor = -30},
                                     {.product = 9, .quantity_milli = 2000, .amount_minor = 90}};
        const struct line last[] = {
                {.product = 2, .quantity_milli = 1000, .amount_minor = 5, .marks = LINE_DIGITAL_KNOWN | LINE_DIGITAL},
                {.product = 3, .quantity_milli = INT64_C(5000000000), .amount_minor = 6, .cost_minor = -7,
                 .marks = LINE_COST_KNOWN | LINE_GROUP_NAMED, .group = 8}};
        add(builder, 100, 1, "B", DAY + 5, late, 1);
        add(builder, 100, 1, "A", DAY, early, 2);
        add(builder, 200, 1, "C", DAY, last, 2);
}

static void check_small(const struct segment_data *data)
{
        assert_int_equal(data->customer_count, 2);
        assert_int_equal(data->document_count, 3);
        assert_int_equal(data->line_count, 5);
        assert_int_equal(data->article_end, 10);
        const int64_t customers[] = {100, 200};
        const uint32_t customer_document[] = {0, 2, 3}, document_line[] = {0, 2, 3, 5}, article[] = {2, 9, 4, 2, 3};
        const int32_t days[] = {DAY, DAY + 5, DAY}, quantity[] = {-500, 2000, 1000, 1000, QUANTITY_WIDE};
        const int64_t totals[] = {60, 700, 11}, amount[] = {-30, 90, 700, 5, 6}, cost[] = {0, 0, 0, 0, -7};
        const uint8_t flags[] = {0, 0, 3};
        const struct wide_quantity wide = {4, INT64_C(5000000000)};
        const uint64_t known = 1 << 4;
        const struct { enum index_column column; const void *data; size_t bytes; } expected[] = {
                {COLUMN_CUSTOMER, customers, sizeof(customers)},
                {COLUMN_CUSTOMER_DOCUMENT, customer_document, sizeof(customer_document)},
                {COLUMN_DOCUMENT_DAY, days, sizeof(days)},
                {COLUMN_DOCUMENT_TOTAL, totals, sizeof(totals)},
                {COLUMN_DOCUMENT_LINE, document_line, sizeof(document_line)},
                {COLUMN_DOCUMENT_FLAGS, flags, sizeof(flags)},
                {COLUMN_LINE_ARTICLE, article, sizeof(article)},
                {COLUMN_LINE_AMOUNT, amount, sizeof(amount)},
                {COLUMN_LINE_QUANTITY, quantity, sizeof(quantity)},
                {COLUMN_QUANTITY_WIDE, &wide, sizeof(wide)},
                {COLUMN_LINE_COST, cost, sizeof(cost)},
                {COLUMN_LINE_COST_KNOWN, &known, sizeof(known)},
        };
        for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
                assert_int_equal(data->bytes[expected[i].column], expected[i].bytes);
                assert_memory_equal(data->column[expected[i].column], expected[i].data, expected[i].bytes);
        }
        assert_int_equal(data->bytes[COLUMN_MENTION], sizeof(struct mention));
        const struct mention *mention = data->column[COLUMN_MENTION];
        assert_int_equal(mention->article, 3);
        assert_int_equal(mention->group, 8);
        assert_int_equal(mention->day, DAY);
        assert_int_equal(data->bytes[COLUMN_MENTION_NUMBER], 1);
}

static void builds_in_memory_and_in_files(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct index_builder *builder;
        struct segment_data memory;
        assert_ok(index_builder_new_memory(&builder, &error));
        add_small(builder);
        assert_ok(index_builder_finish_memory(builder, &memory, &error));
        check_small(&memory);
        segment_memory_release(&memory);

        uint64_t segment;
        assert_ok(index_builder_new(index_of(fixture), &builder, &error));
        add_small(builder);
        assert_ok(index_builder_finish(builder, &segment, &error));
        struct index *index;
        assert_int_equal(index_open(index_of(fixture), NULL, &index, &error), STATUS_NOT_FOUND);
        assert_ok(index_publish(index_of(fixture), 3, &beginning, &segment, 1, true, &error));
        assert_ok(index_open(index_of(fixture), NULL, &index, &error));
        assert_int_equal(index->manifest.generation, 3);
        assert_int_equal(index->manifest.segment_count, 1);
        check_small(&index->segments[0]);
        index_close(index);
}

static void count_file(void *context, const char *name)
{
        (void)name;
        (*(size_t *)context)++;
}

static size_t files_in(const char *directory)
{
        struct error error;
        size_t count = 0;
        assert_ok(directory_list(directory, count_file, &count, &error));
        return count;
}

/* A builder given up leaves nothing; a publish removes what belongs to no segment. */
static void orphans_go(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct index_builder *one, *two;
        uint64_t first, second;
        assert_ok(index_builder_new(index_of(fixture), &one, &error));
        assert_ok(index_builder_new(index_of(fixture), &two, &error));
        add_small(one);
        add_small(two);
        assert_ok(index_builder_finish(one, &first, &error));
        assert_ok(index_builder_finish(two, &second, &error));
        assert_true(first != second);
        assert_ok(index_builder_new(index_of(fixture), &one, &error));
        add_small(one);
        size_t before = files_in(index_of(fixture));
        index_builder_discard(one);
        assert_int_equal(files_in(index_of(fixture)), before - 1);
        assert_ok(index_publish(index_of(fixture), 1, &beginning, &first, 1, true, &error));
        assert_int_equal(files_in(index_of(fixture)), COLUMN_COUNT + 1);
        index_builder_discard(NULL);
        /* A segment without documents is not kept. */
        assert_ok(index_builder_new(index_of(fixture), &one, &error));
        assert_ok(index_builder_finish(one, &second, &error));
        assert_ok(index_publish(index_of(fixture), 2, &beginning, &second, 1, false, &error));
        assert_int_equal(files_in(index_of(fixture)), COLUMN_COUNT + 1);
}

/* Costs, flags and mentions that begin late, over many chunks, with files and memory agreeing. */
static void large_segments_agree(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct index_builder *file, *memory;
        assert_ok(index_builder_new(index_of(fixture), &file, &error));
        assert_ok(index_builder_new_memory(&memory, &error));
        uint32_t seed = 7;
        for (int64_t customer = 1; customer <= 3000; customer++) {
                for (int document = 0; document < 7; document++) {
                        struct line lines[20];
                        char number[16];
                        snprintf(number, sizeof(number), "%u", (seed = seed * 1664525u + 1013904223u) >> 20);
                        size_t count = seed >> 9 & 15;
                        for (size_t i = 0; i < count; i++) {
                                seed = seed * 1664525u + 1013904223u;
                                lines[i] = (struct line){.product = seed >> 24, .amount_minor = seed >> 10,
                                                         .quantity_milli = seed >> 5};
                                if (customer > 1500 && seed & 1024) {
                                        lines[i].marks = LINE_COST_KNOWN | LINE_DIGITAL_KNOWN;
                                        lines[i].cost_minor = seed >> 11;
                                }
                        }
                        add(file, customer, 1, number, DAY + (int)(seed >> 28), lines, count);
                        add(memory, customer, 1, number, DAY + (int)(seed >> 28), lines, count);
                }
        }
        struct segment_data data;
        uint64_t segment;
        struct index *index;
        assert_ok(index_builder_finish(file, &segment, &error));
        assert_ok(index_builder_finish_memory(memory, &data, &error));
        assert_ok(index_publish(index_of(fixture), 1, &beginning, &segment, 1, false, &error));
        assert_ok(index_open(index_of(fixture), NULL, &index, &error));
        assert_true(data.bytes[COLUMN_LINE_AMOUNT] > INDEX_CHUNK_BYTES);
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                assert_int_equal(index->segments[0].bytes[c], data.bytes[c]);
                if (data.bytes[c])
                        assert_memory_equal(index->segments[0].column[c], data.column[c], data.bytes[c]);
        }
        index_close(index);
        segment_memory_release(&data);
}

/* ---- snapshots over a database ----------------------------------------------------------------------------------- */

struct view {
        struct seen_line lines[SEEN_MAX];
        size_t count, customers;
        const char *note;
};

static void look_at(struct fixture *fixture, int64_t generation, bool may_write, struct view *view)
{
        struct error error;
        connection_cleanup struct connection *connection = NULL;
        snapshot_cleanup struct snapshot *snapshot = NULL;
        arena_cleanup struct arena *arena = arena_new(1 << 24);
        struct snapshot_note note;
        struct concept concept = {0};
        struct engine_input input;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(snapshot_open(fixture->database, connection, generation, may_write, NULL, &snapshot, &note, &error));
        assert_ok(snapshot_input(snapshot, connection, &concept, DAY, arena, &input, &error));
        view->count = see(&input, snapshot_customer_ids(snapshot), view->lines, SEEN_MAX);
        view->customers = input.customer_count;
        view->note = note.key;
        assert_int_equal(view->count, snapshot_line_count(snapshot));
}

static void assert_same_view(const struct view *a, const struct view *b)
{
        assert_int_equal(a->count, b->count);
        assert_int_equal(a->customers, b->customers);
        assert_memory_equal(a->lines, b->lines, a->count * sizeof(a->lines[0]));
}

/* 30 documents with costs, marks and named groups, of 12 customers. */
static void fill_database(struct fixture *fixture, int import, int first, int count)
{
        uint32_t seed = (uint32_t)first * 77u;
        for (int i = first; i < first + count; i++) {
                struct line lines[4];
                char number[16];
                for (size_t l = 0; l < 4; l++) {
                        seed = seed * 1664525u + 1013904223u;
                        lines[l] = (struct line){.product = 1 + (seed >> 16) % 5, .amount_minor = seed >> 22,
                                                 .quantity_milli = (int64_t)(seed >> 25) * 1000};
                        if (i % 3 == 0)
                                lines[l] = (struct line){
                                        .product = lines[l].product, .cost_minor = seed >> 24, .group = 1,
                                        .marks = LINE_COST_KNOWN | LINE_DIGITAL_KNOWN | LINE_GROUP_NAMED,
                                        .quantity_milli = INT64_C(9000000000000)};
                }
                snprintf(number, sizeof(number), "D%d", i);
                put_document(fixture, import, 1000 + i % 12, 1, number, DAY - i % 40, lines, 4);
        }
}

static void company(struct fixture *fixture)
{
        put_import(fixture, 1, "purchases", 1, 30, 0);
        put_products(fixture, 5);
        run_sql(fixture, "INSERT INTO product_group VALUES (1, 'G1')");
        for (int64_t customer = 1000; customer < 1013; customer++)
                put_customer(fixture, customer, 1, DAY);
        fill_database(fixture, 1, 0, 30);
}

enum harm { FLIP_FIRST, FLIP_LAST, TRUNCATE, EMPTY, DELETE, HARM_COUNT };

static void harm_file(const char *path, enum harm harm)
{
        struct error error;
        struct buffer content buffer_cleanup = {0};
        assert_ok(file_read(path, 1 << 24, &content, &error));
        assert_true(content.length > 0);
        if (harm == DELETE) {
                assert_int_equal(unlink(path), 0);
                return;
        }
        if (harm == FLIP_FIRST)
                content.data[0] ^= 1;
        if (harm == FLIP_LAST)
                content.data[content.length - 1] ^= 64;
        size_t length = harm == TRUNCATE ? content.length - 1 : harm == EMPTY ? 0 : content.length;
        assert_ok(file_write(path, content.data, length, false, &error));
}

struct names {
        char name[32][48];
        size_t count;
};

static void note_name(void *context, const char *name)
{
        struct names *names = context;
        assert_true(names->count < 32);
        snprintf(names->name[names->count++], sizeof(names->name[0]), "%s", name);
}

/* whatever happens to whichever file, it is noticed, said and rebuilt, and the numbers stay. */
static void every_damage_is_rebuilt(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        static struct view right, view;
        company(fixture);
        look_at(fixture, 1, true, &right);
        assert_int_equal(right.count, 120);
        assert_int_equal(right.customers, 13);
        assert_string_equal(right.note, "index.rebuilt_missing");
        for (int harm = 0; harm < HARM_COUNT; harm++) {
                for (size_t file = 0;; file++) {
                        struct names names = {.count = 0};
                        char path[256];
                        assert_ok(directory_list(index_of(fixture), note_name, &names, &error));
                        assert_int_equal(names.count, COLUMN_COUNT + 1);
                        if (file == names.count)
                                break;
                        snprintf(path, sizeof(path), "%s/%s", index_of(fixture), names.name[file]);
                        harm_file(path, (enum harm)harm);
                        bool gone = harm == DELETE && strcmp(names.name[file], "manifest") == 0;
                        const char *note = gone ? "index.rebuilt_missing" : "index.rebuilt_damaged";
                        /* Without leave to write it is answered from memory, and the damage stays. */
                        look_at(fixture, 1, false, &view);
                        assert_string_equal(view.note, note);
                        assert_same_view(&view, &right);
                        look_at(fixture, 1, true, &view);
                        assert_string_equal(view.note, note);
                        assert_same_view(&view, &right);
                        look_at(fixture, 1, true, &view);
                        assert_null(view.note);
                        assert_same_view(&view, &right);
                }
        }
}

/* After an update of the program the index is made afresh, and nothing is called damaged. */
static void older_form_is_rebuilt(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        static struct view right, view;
        char path[256];
        struct buffer words buffer_cleanup;
        company(fixture);
        look_at(fixture, 1, true, &right);
        snprintf(path, sizeof(path), "%s/manifest", index_of(fixture));
        assert_ok(file_read(path, 1 << 20, &words, &error));
        uint64_t magic, checksum;
        memcpy(&magic, words.data, sizeof(magic));
        magic--;
        memcpy(words.data, &magic, sizeof(magic));
        checksum = index_checksum(words.data, words.length - sizeof(checksum));
        memcpy(words.data + words.length - sizeof(checksum), &checksum, sizeof(checksum));
        assert_ok(file_write(path, words.data, words.length, false, &error));
        look_at(fixture, 1, true, &view);
        assert_string_equal(view.note, "index.rebuilt_missing");
        assert_same_view(&view, &right);
        look_at(fixture, 1, true, &view);
        assert_null(view.note);
}

/* What an importer does with an import that only adds: a segment of its documents. */
static void publish_import(struct fixture *fixture, int import, int generation)
{
        struct error error;
        connection_cleanup struct connection *connection = NULL;
        struct visibility visibility;
        struct index_builder *builder;
        uint64_t segment, documents;
        bool imports[64] = {false};
        imports[import] = true;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(visibility_load(connection, generation, &visibility, &error));
        assert_ok(index_builder_new(index_of(fixture), &builder, &error));
        assert_ok(index_fill(connection, &visibility, imports, builder, &documents, &error));
        assert_ok(index_builder_finish(builder, &segment, &error));
        assert_ok(index_publish(index_of(fixture), generation, &beginning, &segment, 1, false, &error));
        visibility_release(&visibility);
}

static size_t segments_of(struct fixture *fixture)
{
        struct error error;
        struct index *index;
        assert_ok(index_open(index_of(fixture), NULL, &index, &error));
        size_t count = index->manifest.segment_count;
        index_close(index);
        return count;
}

/* Twelve imports as segments, seen after each, equal one segment made afresh; more than eight are merged on the way. */
static void segments_equal_one(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        static struct view view, whole;
        company(fixture);
        publish_import(fixture, 1, 1);
        for (int import = 2; import <= 12; import++) {
                put_import(fixture, import, "purchases", import, 10, 0);
                fill_database(fixture, import, import * 100, 10);
                publish_import(fixture, import, import);
                bool may_write = import > 6;
                look_at(fixture, import, may_write, &view);
                assert_null(view.note);
                assert_int_equal(view.count, 120 + 40 * (import - 1));
                assert_true(segments_of(fixture) <= INDEX_SEGMENTS_MAX);
        }
        assert_int_equal(segments_of(fixture), 4);
        assert_ok(directory_clear(index_of(fixture), "", &error));
        look_at(fixture, 12, true, &whole);
        assert_int_equal(segments_of(fixture), 1);
        assert_same_view(&view, &whole);
}

/* Publishes that were missed, replaced and undone documents, and an older generation: always what the database says. */
static void follows_the_database(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        static struct view first, view, fresh;
        company(fixture);
        look_at(fixture, 1, true, &first);
        /* An import whose segment was never published: added in memory, or written back. */
        put_import(fixture, 2, "purchases", 2, 10, 0);
        fill_database(fixture, 2, 500, 10);
        look_at(fixture, 2, false, &view);
        assert_int_equal(view.count, 160);
        /* The next import publishes its segment; the gap before it is still known. */
        put_import(fixture, 3, "purchases", 3, 5, 0);
        fill_database(fixture, 3, 700, 5);
        publish_import(fixture, 3, 3);
        look_at(fixture, 3, false, &view);
        assert_int_equal(view.count, 180);
        look_at(fixture, 3, true, &fresh);
        assert_same_view(&view, &fresh);
        /* A changed document, twice: the later generation is valid, whatever the import's number. */
        const struct line one[] = {{.product = 1, .quantity_milli = 1000, .amount_minor = 77}};
        const struct line two[] = {{.product = 1, .quantity_milli = 1000, .amount_minor = 88}};
        put_import(fixture, 5, "purchases", 4, 0, 1);
        put_document(fixture, 5, 1000, 1, "D0", DAY, one, 1);
        look_at(fixture, 4, true, &view);
        assert_int_equal(view.count, 177);
        put_import(fixture, 4, "purchases", 5, 0, 1);
        put_document(fixture, 4, 1000, 1, "D0", DAY, two, 1);
        publish_import(fixture, 4, 5); /* wrongly as an addition: noticed */
        look_at(fixture, 5, false, &view);
        assert_int_equal(view.count, 177);
        look_at(fixture, 5, true, &fresh);
        assert_same_view(&view, &fresh);
        bool found = false;
        for (size_t i = 0; i < view.count; i++) {
                assert_int_not_equal(view.lines[i].total, 77);
                found |= view.lines[i].customer_id == 1000 && view.lines[i].total == 88;
        }
        assert_true(found);
        /* Undone: the versions before are valid again. */
        undo_import(fixture, 4, 6);
        undo_import(fixture, 5, 7);
        look_at(fixture, 7, false, &view);
        assert_int_equal(view.count, 180);
        look_at(fixture, 7, true, &fresh);
        assert_same_view(&view, &fresh);
        assert_null(fresh.note);
        /* an older generation shows what was known then, and leaves the index alone. */
        look_at(fixture, 1, true, &view);
        assert_same_view(&view, &first);
        assert_null(view.note);
        struct index *index;
        assert_ok(index_open(index_of(fixture), NULL, &index, &error));
        assert_int_equal(index->manifest.generation, 7);
        index_close(index);
        undo_import(fixture, 1, 8);
        undo_import(fixture, 2, 9);
        undo_import(fixture, 3, 10);
        look_at(fixture, 10, true, &view);
        assert_int_equal(view.count, 0);
        assert_int_equal(view.customers, 0);
}

/* Imports of other kinds leave the index as it is, except when they bring costs: 2.5 x 3 = 7.5 -> 8 minor units. */
static void costs_are_resolved(void **state)
{
        struct fixture *fixture = *state;
        static struct view view;
        put_import(fixture, 1, "purchases", 1, 1, 0);
        put_products(fixture, 2);
        put_customer(fixture, 1, 1, DAY);
        const struct line lines[] = {{.product = 1, .quantity_milli = 2500, .amount_minor = 10},
                                     {.product = 1, .quantity_milli = -2500, .amount_minor = 20},
                                     {.product = 1, .quantity_milli = 1000, .amount_minor = 30, .cost_minor = 1,
                                      .marks = LINE_COST_KNOWN},
                                     {.product = 2, .quantity_milli = 1000, .amount_minor = 40}};
        put_document(fixture, 1, 1, 1, "D", DAY, lines, 4);
        look_at(fixture, 1, true, &view);
        assert_string_equal(view.note, "index.rebuilt_missing");
        assert_int_equal(view.lines[0].known, 0);
        put_import(fixture, 2, "products", 2, 1, 0);
        put_product_fact(fixture, 1, "name", DAY, 2, "Nagel");
        look_at(fixture, 2, true, &view);
        assert_int_equal(view.lines[0].known, 0);
        put_import(fixture, 3, "products", 3, 1, 0);
        put_product_fact(fixture, 1, "cost", DAY + 100, 3, "0.03"); /* the first one is open at its start */
        put_import(fixture, 4, "products", 4, 1, 0);
        put_product_fact(fixture, 1, "cost", DAY + 1, 4, "99");
        look_at(fixture, 4, false, &view);
        assert_int_equal(view.count, 4);
        int64_t sum = 0;
        for (size_t i = 0; i < 4; i++) {
                assert_int_equal(view.lines[i].known, view.lines[i].article == 1);
                int64_t amount = view.lines[i].amount;
                assert_int_equal(view.lines[i].cost, amount == 10 ? 8 : amount == 20 ? -8 : amount == 30 ? 1 : 0);
                sum += amount;
        }
        assert_int_equal(sum, 100);
        look_at(fixture, 4, true, &view);
        undo_import(fixture, 3, 5); /* now the other one is the first known */
        look_at(fixture, 5, true, &view);
        for (size_t i = 0; i < 4; i++)
                if (view.lines[i].amount == 10)
                        assert_int_equal(view.lines[i].cost, 24750);
}

/* The index of another database is not believed. */
static void foreign_index(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        static struct view right, view;
        struct index_builder *builder;
        uint64_t segment;
        company(fixture);
        look_at(fixture, 1, true, &right);
        assert_ok(index_builder_new(index_of(fixture), &builder, &error));
        const struct line line = {.product = 1, .quantity_milli = 1000, .amount_minor = 1};
        add(builder, 999999, 1, "X", DAY, &line, 1);
        assert_ok(index_builder_finish(builder, &segment, &error));
        assert_ok(index_publish(index_of(fixture), 1, &beginning, &segment, 1, true, &error));
        look_at(fixture, 1, true, &view);
        assert_string_equal(view.note, "index.rebuilt_damaged");
        assert_same_view(&view, &right);
        /* Articles that never were. */
        assert_ok(index_builder_new(index_of(fixture), &builder, &error));
        const struct line article = {.product = 6, .quantity_milli = 1000, .amount_minor = 1};
        add(builder, 1000, 1, "X", DAY, &article, 1);
        assert_ok(index_builder_finish(builder, &segment, &error));
        assert_ok(index_publish(index_of(fixture), 1, &beginning, &segment, 1, true, &error));
        look_at(fixture, 1, false, &view);
        assert_same_view(&view, &right);
}

static void damaged_document_is_named(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        company(fixture);
        run_sql(fixture, on_server() ? "UPDATE document SET line_article = '{1}', line_quantity = '{1}', "
                                       "line_amount = '{1}', line_cost = '{}', line_group = '{}', line_marks = '{}' "
                                       "WHERE number = 'D7'"
                                     : "UPDATE document SET lines = X'110100' WHERE number = 'D7'");
        connection_cleanup struct connection *connection = NULL;
        struct snapshot *snapshot = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_fails(snapshot_open(fixture->database, connection, 1, false, NULL, &snapshot, NULL, &error),
                     STATUS_CORRUPT, "facts.document_damaged");
        assert_string_equal(error_argument(&error, "document"), "D7");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(builds_in_memory_and_in_files, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(orphans_go, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(large_segments_agree, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(every_damage_is_rebuilt, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(segments_equal_one, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(follows_the_database, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(costs_are_resolved, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(foreign_index, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(damaged_document_is_named, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(older_form_is_rebuilt, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
