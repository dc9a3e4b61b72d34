/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_http_address.c: targets of requests and the rows they find. Whatever comes: segments hold nothing that means
 * something to a file system; what was read and is written again is read to the same; a match has what was there.
 */
#include <assert.h>
#include <stdint.h>

#include "base/buffer.h"
#include "http/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status nothing(struct request *request, struct model *model, struct error *error)
{
        (void)request, (void)model, (void)error;
        return STATUS_OK;
}

#define ROW(method, path, flags) {METHOD_##method, path, PERMISSION_PUBLIC, NULL, NULL, nothing, flags, "route.health"}
static const struct route routes[] = {
        ROW(GET, "/", 0), ROW(GET, "/a", ROUTE_LIST), ROW(GET, "/a/{b}", 0), ROW(GET, "/a/new", 0),
        ROW(POST, "/a/{b}", ROUTE_API_ONLY), ROW(GET, "/a/{b}/c", ROUTE_LIST | ROUTE_PAGE_ONLY),
        ROW(DELETE, "/{any}/{b}/{c}", 0),
};
static const struct resource resource = {"fuzz", routes, sizeof(routes) / sizeof(routes[0])};
static const struct resource *const resources[] = {&resource};

static void check_segments(const struct target *target)
{
        for (size_t i = 0; i < target->segment_count; i++) {
                struct text segment = target->segments[i];
                assert(text_is_utf8(segment.data, segment.length));
                assert(!text_is(segment, ".") && !text_is(segment, ".."));
                for (size_t b = 0; b < segment.length; b++)
                        assert((unsigned char)segment.data[b] >= ' ' && segment.data[b] != '/' &&
                               segment.data[b] != '\\' && segment.data[b] != 0x7f);
        }
}

/* Written with everything encoded, it says the same. */
static void check_round_trip(const struct target *target, struct arena *arena)
{
        struct buffer again buffer_cleanup;
        struct target read;
        struct error error;
        buffer_init(&again, 1 << 20);
        buffer_add_text(&again, target->form == TARGET_JSON ? "/api/v1" : "");
        for (size_t i = 0; i < target->segment_count; i++) {
                buffer_add_byte(&again, '/');
                target_add_encoded(&again, target->segments[i]);
        }
        if (target->segment_count == 0)
                buffer_add_byte(&again, '/');
        /* A page whose first words are the prefix of programs is no page when written out. */
        if (target->form == TARGET_PAGE && target->segment_count >= 2 && text_is(target->segments[0], "api") &&
            text_is(target->segments[1], "v1"))
                return;
        enum status status = target_parse((struct text){again.data, again.length}, arena, &read, &error);
        assert(status == STATUS_OK);
        assert(read.form == target->form && read.segment_count == target->segment_count);
        for (size_t i = 0; i < read.segment_count; i++)
                assert(text_equal(read.segments[i], target->segments[i]));
}

static void check_match(const struct router *router, const struct target *target, enum method method)
{
        struct match match;
        router_match(router, target, method, &match);
        if (!match.route)
                return;
        assert(match.route->method == method && match.allowed & 1U << method);
        assert(match.form != TARGET_JSON || !(match.route->flags & ROUTE_PAGE_ONLY));
        assert(match.form != TARGET_PAGE || !(match.route->flags & ROUTE_API_ONLY));
        assert((match.form != TARGET_CSV && match.form != TARGET_XLSX) || match.route->flags & ROUTE_LIST);
        for (size_t i = 0; i < match.capture_count; i++) {
                size_t found = 0;
                assert(match.captures[i].value.length > 0);
                for (size_t s = 0; s < target->segment_count; s++)
                        found += text_equal(match.captures[i].value, target->segments[s]);
                assert(found || text_equal(match.captures[i].value, target->stem));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena = arena_new(16 << 20);
        struct router *router = NULL;
        struct target target;
        struct error error;
        enum status status = router_new(resources, 1, &router, &error);
        assert(status == STATUS_OK);
        if (target_parse((struct text){(const char *)data, size}, arena, &target, &error) == STATUS_OK) {
                check_segments(&target);
                check_round_trip(&target, arena);
                for (int method = 0; method <= METHOD_COUNT; method++)
                        check_match(router, &target, (enum method)method);
        }
        router_free(router);
        arena_free(arena);
        return 0;
}
