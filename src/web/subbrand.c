/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * subbrand.c: the states the subbrand has had since the program started, newest first; mostly there is one.
 */
#include "web/subbrand.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "db/setting.h"
#include "program/versions.h"
#include "queries.h"
#include "render/brand.h"
#include "render/picture.h"

enum { STATE_BYTES_MAX = 64 << 10, CONCEPT_BYTES_MAX = 64 << 20, STYLE_BYTES_MAX = 32 << 10, PATH_BYTES = 40,
       DIGEST_LENGTH = 16, SETTINGS_BYTES_MAX = 1 << 20 };
static const char style_head[] = "/assets/brand-", logo_head[] = "/assets/logo-";

/* Settings as they were read. */
struct chosen {
        struct arena *arena;
        struct text colour, logo, segments;
        uint64_t hash;           /* of all of them */
};

struct logo {
        struct asset asset;
        uint32_t width, height;
        char digest[DIGEST_LENGTH + 1], path[PATH_BYTES];
        struct arena *arena;     /* its bytes */
        struct logo *next;
};

struct state {
        struct subbrand subbrand;
        int64_t version_id;      /* 0: no concept */
        uint64_t settings_hash;
        char hash[13], path[PATH_BYTES];
        struct arena *arena;     /* what the subbrand points to */
        struct state *next;
};

struct subbrands {
        pthread_mutex_t mutex;
        struct state *first;
        struct logo *logos;
};

struct subbrands *subbrands_new(void)
{
        struct subbrands *subbrands = calloc(1, sizeof(*subbrands));
        if (subbrands)
                pthread_mutex_init(&subbrands->mutex, NULL);
        return subbrands;
}

static void state_free(struct state *state)
{
        if (state)
                arena_free(state->arena);
        free(state);
}

static void logo_free(struct logo *logo)
{
        if (logo)
                arena_free(logo->arena);
        free(logo);
}

void subbrands_free(struct subbrands *subbrands)
{
        if (!subbrands)
                return;
        for (struct state *state = subbrands->first, *next; state; state = next) {
                next = state->next;
                state_free(state);
        }
        for (struct logo *logo = subbrands->logos, *next; logo; logo = next) {
                next = logo->next;
                logo_free(logo);
        }
        pthread_mutex_destroy(&subbrands->mutex);
        free(subbrands);
}

/* ---- what it is made of ------------------------------------------------------------------------------------------ */

static enum status read_chosen(struct connection *connection, struct chosen *chosen, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer all buffer_cleanup;
        buffer_init(&all, SETTINGS_BYTES_MAX);
        enum status status = q_subbrand_settings_open(connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_subbrand_settings_row row;
                status = q_subbrand_settings_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct text *place = text_is(row.name, SUBBRAND_COLOUR_SETTING) ? &chosen->colour
                                     : text_is(row.name, SUBBRAND_LOGO_SETTING) ? &chosen->logo
                                                                                : &chosen->segments;
                if (!arena_keep_text(chosen->arena, row.value, place) ||
                    !buffer_addf(&all, "%.*s=%.*s\n", (int)row.name.length, row.name.data, (int)row.value.length,
                                 row.value.length ? row.value.data : ""))
                        status = error_memory(error);
        }
        chosen->hash = text_hash(all.data, all.length);
        return status;
}

static enum status chosen_version(struct connection *connection, int64_t *ret, struct error *error)
{
        struct q_subbrand_version_row row = {0};
        bool found;
        enum status status = q_subbrand_version(connection, NULL, &row, &found, error);
        if (status == STATUS_OK)
                *ret = found ? row.id : 0;
        return status;
}

static bool keep(struct arena *arena, const struct bilingual *from, struct bilingual *ret)
{
        return arena_keep_text(arena, from->german, &ret->german) &&
               arena_keep_text(arena, from->english, &ret->english);
}

struct text subbrand_segment_colour(struct text colours, struct text segment)
{
        for (size_t place = 0; place < colours.length;) {
                const char *word = colours.data + place;
                const char *end = memchr(word, ' ', colours.length - place);
                size_t length = end ? (size_t)(end - word) : colours.length - place;
                if (length > segment.length && word[segment.length] == '=' &&
                    memcmp(word, segment.data, segment.length) == 0)
                        return (struct text){word + segment.length + 1, length - segment.length - 1};
                place += length + 1;
        }
        return (struct text){NULL, 0};
}

static bool make_style(struct state *state, const struct concept *concept, const struct chosen *chosen)
{
        struct buffer css buffer_cleanup;
        uint32_t colour = BRAND_COLOUR_USUAL;
        size_t count = concept ? concept->segment_count : 0;
        struct brand_segment *segments = calloc(count + 1, sizeof(*segments));
        buffer_init(&css, STYLE_BYTES_MAX);
        for (size_t i = 0; segments && i < count; i++) {
                struct text own = subbrand_segment_colour(chosen->segments, concept->segments[i].id);
                segments[i] = (struct brand_segment){.code = concept->segments[i].id,
                                                     .prospects = concept->segments[i].kind == KIND_PROSPECT};
                segments[i].has_colour = brand_colour_parse(own, &segments[i].colour);
        }
        (void)brand_colour_parse(chosen->colour, &colour);
        bool made = segments && brand_add_style(&css, colour, segments, count);
        free(segments);
        struct asset *style = &state->subbrand.style;
        if (!made || !arena_keep_text(state->arena, (struct text){css.data, css.length}, &style->bytes))
                return false;
        snprintf(state->hash, sizeof(state->hash), "%012llx",
                 (unsigned long long)(text_hash(css.data, css.length) & 0xffffffffffff));
        snprintf(state->path, sizeof(state->path), "%s%s.css", style_head, state->hash);
        style->name = "brand.css";
        style->path = state->path;
        style->hash = state->hash;
        style->type = "text/css; charset=utf-8";
        return true;
}

/* *ret is NULL where there is none, and where another server took it away a moment ago. */
static enum status read_logo(struct connection *connection, struct text digest, struct logo **ret, struct error *error)
{
        struct q_brand_logo_row row;
        bool found;
        *ret = NULL;
        enum status status = q_brand_logo(connection, &(struct q_brand_logo_args){digest}, &row, &found, error);
        if (status != STATUS_OK || !found || digest.length != DIGEST_LENGTH)
                return status;
        struct logo *logo = calloc(1, sizeof(*logo));
        struct text content = {(const char *)row.content.data, row.content.length};
        if (logo)
                logo->arena = arena_new(2 * SUBBRAND_LOGO_BYTES_MAX);
        if (!logo || !logo->arena || !arena_keep_text(logo->arena, content, &logo->asset.bytes)) {
                logo_free(logo);
                return error_memory(error);
        }
        int kind = 0;
        while (kind < PICTURE_KIND_COUNT - 1 && !text_is(row.type, picture_types[kind]))
                kind++;
        memcpy(logo->digest, digest.data, DIGEST_LENGTH);
        snprintf(logo->path, sizeof(logo->path), "%s%s.%s", logo_head, logo->digest, picture_endings[kind]);
        logo->asset.name = "logo";
        logo->asset.path = logo->path;
        logo->asset.hash = logo->digest;
        logo->asset.type = picture_types[kind];
        logo->width = (uint32_t)row.width;
        logo->height = (uint32_t)row.height;
        *ret = logo;
        return STATUS_OK;
}

static enum status find_logo(struct subbrands *subbrands, struct connection *connection, struct text digest,
                             struct subbrand *subbrand, struct error *error)
{
        struct logo *logo = subbrands->logos;
        while (logo && !text_is(digest, logo->digest))
                logo = logo->next;
        if (!logo && digest.length) {
                enum status status = read_logo(connection, digest, &logo, error);
                if (status != STATUS_OK)
                        return status;
                if (logo) {
                        logo->next = subbrands->logos;
                        subbrands->logos = logo;
                }
        }
        if (logo) {
                subbrand->logo = &logo->asset;
                subbrand->logo_width = logo->width;
                subbrand->logo_height = logo->height;
        }
        return STATUS_OK;
}

static enum status fill(struct subbrands *subbrands, struct connection *connection, struct state *state,
                        const struct chosen *chosen, struct error *error)
{
        arena_cleanup struct arena *arena = arena_new(CONCEPT_BYTES_MAX);
        struct version version = {0};
        state->arena = arena_new(STATE_BYTES_MAX);
        enum status status = arena && state->arena ? STATUS_OK : error_memory(error);
        if (status == STATUS_OK && state->version_id)
                status = version_by_id(connection, state->version_id, arena, &version, error);
        if (status != STATUS_OK)
                return status;
        if (version.concept && !(keep(state->arena, &version.concept->program_name, &state->subbrand.name) &&
                                 keep(state->arena, &version.concept->claim, &state->subbrand.claim)))
                return error_memory(error);
        return make_style(state, version.concept, chosen)
                       ? find_logo(subbrands, connection, chosen->logo, &state->subbrand, error)
                       : error_memory(error);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static struct state *known(struct subbrands *subbrands, int64_t version_id, uint64_t settings_hash)
{
        struct state *state = subbrands->first;
        while (state && (state->version_id != version_id || state->settings_hash != settings_hash))
                state = state->next;
        return state;
}

enum status subbrand_current(struct subbrands *subbrands, struct connection *connection, const struct subbrand **ret,
                             struct error *error)
{
        arena_cleanup struct arena *arena = arena_new(SETTINGS_BYTES_MAX);
        struct chosen chosen = {.arena = arena};
        int64_t version_id;
        enum status status = arena ? chosen_version(connection, &version_id, error) : error_memory(error);
        if (status == STATUS_OK)
                status = read_chosen(connection, &chosen, error);
        if (status != STATUS_OK)
                return status;
        pthread_mutex_lock(&subbrands->mutex);
        struct state *state = known(subbrands, version_id, chosen.hash);
        if (!state) {
                state = calloc(1, sizeof(*state));
                if (state) {
                        state->version_id = version_id;
                        state->settings_hash = chosen.hash;
                }
                status = state ? fill(subbrands, connection, state, &chosen, error) : error_memory(error);
                if (status == STATUS_OK) {
                        state->next = subbrands->first;
                        subbrands->first = state;
                } else {
                        state_free(state);
                }
        }
        pthread_mutex_unlock(&subbrands->mutex);
        if (status == STATUS_OK)
                *ret = &state->subbrand;
        return status;
}

const struct asset *subbrand_asset(struct subbrands *subbrands, struct text path)
{
        pthread_mutex_lock(&subbrands->mutex);
        struct state *state = subbrands->first;
        struct logo *logo = subbrands->logos;
        while (state && !text_is(path, state->path))
                state = state->next;
        while (logo && !text_is(path, logo->path))
                logo = logo->next;
        pthread_mutex_unlock(&subbrands->mutex);
        return state ? &state->subbrand.style : logo ? &logo->asset : NULL;
}

static bool begins_with(struct text path, const char *head)
{
        size_t length = strlen(head);
        return path.length > length && memcmp(path.data, head, length) == 0;
}

bool subbrand_is_asset_path(struct text path)
{
        return begins_with(path, style_head) || begins_with(path, logo_head);
}

/* ---- words, and the logo ----------------------------------------------------------------------------------------- */

enum status subbrand_words(struct connection *connection, struct arena *arena, struct bilingual *ret_name,
                           struct bilingual *ret_claim, struct error *error)
{
        arena_cleanup struct arena *concepts = arena_new(CONCEPT_BYTES_MAX);
        struct version version = {0};
        int64_t version_id;
        enum status status = concepts ? chosen_version(connection, &version_id, error) : error_memory(error);
        if (status == STATUS_OK && version_id)
                status = version_by_id(connection, version_id, concepts, &version, error);
        if (status != STATUS_OK)
                return status;
        struct bilingual name = {{NULL, 0}, {NULL, 0}}, claim = {{NULL, 0}, {NULL, 0}};
        if (version.concept && !(keep(arena, &version.concept->program_name, &name) &&
                                 keep(arena, &version.concept->claim, &claim)))
                return error_memory(error);
        *ret_name = name;
        *ret_claim = claim;
        return STATUS_OK;
}

enum status subbrand_set_logo(struct connection *connection, const char *actor, const struct picture *picture,
                              struct bytes content, struct error *error)
{
        char digest[DIGEST_LENGTH + 1] = "";
        enum status status = q_brand_logo_clear(connection, NULL, NULL, error);
        if (status == STATUS_OK && content.length) {
                snprintf(digest, sizeof(digest), "%016llx",
                         (unsigned long long)text_hash(content.data, content.length));
                struct q_brand_logo_insert_args args = {text_of(digest), text_of(picture_types[picture->kind]),
                                                        picture->width, picture->height, content};
                status = q_brand_logo_insert(connection, &args, NULL, error);
        }
        return status == STATUS_OK
                       ? setting_set_by(connection, actor, SUBBRAND_LOGO_SETTING, text_of(digest), error)
                       : status;
}
