/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_http_body.c: what a request brings, by the first byte of the input: 'f' a form, 'j' JSON, 'h' headers (lines
 * "name:value"), else multipart. A form that was read and is written again is read to the same; multipart in pieces of
 * any size gives what it gives as a whole; whatever came, fields are checked, and what is taken is within its bounds.
 */
#include <assert.h>
#include <stdint.h>

#include "http/fields.h"
#include "http/head.h"
#include "http/multipart.h"
#include "http/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const choices[] = {"a", "b", NULL};
static const struct field fields[] = {
        {.name = "t", .kind = INPUT_TEXT, .max = 5},        {.name = "l", .kind = INPUT_LONG_TEXT, .max = 9},
        {.name = "s", .kind = INPUT_SECRET},                {.name = "e", .kind = INPUT_EMAIL},
        {.name = "i", .kind = INPUT_ID},                    {.name = "c", .kind = INPUT_COUNT_OF, .max = 1000},
        {.name = "m", .kind = INPUT_MONEY},                 {.name = "p", .kind = INPUT_PERCENT},
        {.name = "d", .kind = INPUT_DAY, .required = true}, {.name = "o", .kind = INPUT_CHOICE, .choices = choices},
        {.name = "y", .kind = INPUT_YES_NO},                {.name = "r", .kind = INPUT_TEXT, .repeated = true},
        {.name = "f", .kind = INPUT_FILE, .max = 100},      {0},
};

static void check_fields(const struct items *items, struct arena *arena)
{
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
                struct reader_habits habits = {(enum language)language, 2};
                struct inputs inputs;
                struct error error;
                if (fields_check(fields, items, "csrf", &habits, arena, &inputs, &error) != STATUS_OK)
                        continue;
                const struct input *count = inputs_get(&inputs, "c"), *text = inputs_get(&inputs, "t");
                assert(!count->count || count->wrong_key || (count->integers[0] >= 0 && count->integers[0] <= 1000));
                assert(!text->count || text->wrong_key || text->texts[0].length <= 20);
                assert(inputs_get(&inputs, "d")->count || inputs_get(&inputs, "d")->wrong_key);
                for (size_t i = 0; i < inputs.count; i++)
                        assert(inputs.inputs[i].count <= (fields[i].repeated ? FIELD_REPEATS_MAX : 1));
        }
}

static void check_form(struct text form, struct arena *arena)
{
        struct items items = {.arena = arena}, again = {.arena = arena};
        struct buffer written buffer_cleanup;
        struct error error;
        buffer_init(&written, 16 << 20);
        if (items_add_encoded(&items, form, &error) != STATUS_OK)
                return;
        for (const struct item *item = items.first; item; item = item->next) {
                buffer_add_text(&written, written.length ? "&" : "");
                target_add_encoded(&written, item->name);
                buffer_add_byte(&written, '=');
                target_add_encoded(&written, item->value);
        }
        enum status status = items_add_encoded(&again, (struct text){written.data, written.length}, &error);
        assert(status == STATUS_OK && again.count == items.count);
        const struct item *other = again.first;
        for (const struct item *item = items.first; item; item = item->next, other = other->next)
                assert(text_equal(item->name, other->name) && text_equal(item->value, other->value));
        check_fields(&items, arena);
}

static void check_json(struct text body, struct arena *arena)
{
        struct items items = {.arena = arena};
        struct error error;
        if (items_add_json(&items, body, &error) == STATUS_OK)
                check_fields(&items, arena);
}

/* ---- multipart --------------------------------------------------------------------------------------------------- */

struct gathered {
        struct arena *arena;
        struct buffer bytes; /* of the file under way */
};

static enum status begin_file(void *self, struct text field, struct text name, uint64_t *ret_max, struct error *error)
{
        struct gathered *gathered = self;
        (void)name, (void)error;
        buffer_clear(&gathered->bytes);
        *ret_max = field_file_bytes_max(fields, field);
        return STATUS_OK;
}

static enum status add_bytes(void *self, const void *data, size_t length, struct error *error)
{
        struct gathered *gathered = self;
        return buffer_add(&gathered->bytes, data, length) ? STATUS_OK : error_memory(error);
}

static enum status end_file(void *self, const char **ret_path, struct error *error)
{
        struct gathered *gathered = self;
        *ret_path = arena_copy(gathered->arena, gathered->bytes.data, gathered->bytes.length);
        return *ret_path ? STATUS_OK : error_memory(error);
}

static enum status read_parts(struct text body, size_t piece, struct arena *arena, struct items *items)
{
        struct gathered gathered = {.arena = arena};
        struct multipart_sink sink = {&gathered, 1000, begin_file, add_bytes, end_file};
        struct multipart *multipart;
        struct error error;
        buffer_init(&gathered.bytes, 1000);
        struct text type = text_of("multipart/form-data; boundary=b");
        enum status status = multipart_new(type, &sink, items, &multipart, &error);
        assert(status == STATUS_OK);
        for (size_t at = 0; at < body.length && status == STATUS_OK; at += piece) {
                size_t length = body.length - at < piece ? body.length - at : piece;
                status = multipart_feed(multipart, body.data + at, length, &error);
        }
        if (status == STATUS_OK)
                status = multipart_finish(multipart, &error);
        multipart_free(multipart);
        buffer_release(&gathered.bytes);
        return status;
}

static void check_multipart(struct text body, struct arena *arena)
{
        struct items whole = {.arena = arena};
        enum status status = read_parts(body, body.length + 1, arena, &whole);
        for (size_t piece = 1; piece <= 7; piece += 3) {
                struct items pieces = {.arena = arena};
                enum status other = read_parts(body, piece, arena, &pieces);
                assert((other == STATUS_OK) == (status == STATUS_OK));
                if (status != STATUS_OK)
                        continue;
                assert(pieces.count == whole.count);
                const struct item *b = pieces.first;
                for (const struct item *a = whole.first; a; a = a->next, b = b->next)
                        assert(text_equal(a->name, b->name) && text_equal(a->value, b->value) && a->bytes == b->bytes &&
                               (!a->path || memcmp(a->path, b->path, a->bytes) == 0));
        }
        if (status == STATUS_OK)
                check_fields(&whole, arena);
}

/* ---- heads ------------------------------------------------------------------------------------------------------- */

static void check_head(struct text lines)
{
        struct head head = {.method = METHOD_POST, .target = {"/", 1}};
        struct peer_address peer, client;
        struct peer_range trusted;
        struct error error;
        enum language language;
        size_t at = 0;
        bool right = peer_parse(text_of("127.0.0.1"), &peer) && peer_parse_range(text_of("127.0.0.0/8"), &trusted);
        assert(right);
        while (at < lines.length && head.header_count < HEAD_HEADERS_MAX) {
                const char *end = memchr(lines.data + at, '\n', lines.length - at);
                struct text line = {lines.data + at, end ? (size_t)(end - lines.data) - at : lines.length - at};
                const char *colon = line.length ? memchr(line.data, ':', line.length) : NULL;
                size_t name = colon ? (size_t)(colon - line.data) : line.length;
                struct text value = {line.data + name + (colon ? 1 : 0), line.length - name - (colon ? 1 : 0)};
                head.headers[head.header_count++] = (struct header){{line.data, name}, value};
                at += line.length + 1;
        }
        if (head_check(&head, &error) == STATUS_OK) {
                assert(head.host.length > 0);
                assert(head_value(&head, "transfer-encoding").data == NULL);
        }
        head_language(&head, &language);
        head_accepts_coding(&head, "gzip");
        head_accepts_html(&head);
        head_cookie(&head, "a");
        head_host_is_ours(&head, text_of("https://treue.example"));
        head_comes_from_us(&head, text_of("https://treue.example"));
        client = head_client(&head, &peer, &trusted, 1);
        char text[PEER_TEXT_BYTES];
        struct peer_address again;
        assert(peer_parse(peer_print(&client, text), &again) && memcmp(&client, &again, sizeof(client)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena = arena_new(64 << 20);
        if (size > 0) {
                struct text rest = {(const char *)data + 1, size - 1};
                if (data[0] == 'f')
                        check_form(rest, arena);
                else if (data[0] == 'j')
                        check_json(rest, arena);
                else if (data[0] == 'h')
                        check_head(rest);
                else
                        check_multipart(rest, arena);
        }
        arena_free(arena);
        return 0;
}
