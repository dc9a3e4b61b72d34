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

enum { STATE_BYTES_MAX = 64 << 10, CONCEPT_BYTES_MAX = 64 << 20, STYLE_BYTES_MAX = 32 << 10, PATH_BYTES = 40 };

struct state {
        struct subbrand subbrand;
        int64_t version_id;      /* 0: no concept */
        uint32_t colour;
        char hash[13], path[PATH_BYTES];
        struct arena *arena;     /* what the subbrand points to */
        struct state *next;
};

struct subbrands {
        pthread_mutex_t mutex;
        struct state *first;
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

void subbrands_free(struct subbrands *subbrands)
{
        if (!subbrands)
                return;
        for (struct state *state = subbrands->first, *next; state; state = next) {
                next = state->next;
                state_free(state);
        }
        pthread_mutex_destroy(&subbrands->mutex);
        free(subbrands);
}

/* ---- what it is made of ------------------------------------------------------------------------------------------ */

static enum status chosen_colour(struct connection *connection, uint32_t *ret, struct error *error)
{
        struct text text;
        uint32_t colour = BRAND_COLOUR_USUAL;
        enum status status = setting_get(connection, SUBBRAND_COLOUR_SETTING, &text, error);
        if (status == STATUS_OK)
                (void)brand_colour_parse(text, &colour);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
                return status;
        *ret = colour;
        return STATUS_OK;
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

static bool make_style(struct state *state, const struct concept *concept)
{
        struct buffer css buffer_cleanup;
        size_t count = concept ? concept->segment_count : 0;
        struct brand_segment *segments = calloc(count + 1, sizeof(*segments));
        buffer_init(&css, STYLE_BYTES_MAX);
        for (size_t i = 0; segments && i < count; i++)
                segments[i] = (struct brand_segment){.code = concept->segments[i].id,
                                                     .prospects = concept->segments[i].kind == KIND_PROSPECT};
        bool made = segments && brand_add_style(&css, state->colour, segments, count);
        free(segments);
        struct asset *style = &state->subbrand.style;
        if (!made || !arena_keep_text(state->arena, (struct text){css.data, css.length}, &style->bytes))
                return false;
        snprintf(state->hash, sizeof(state->hash), "%012llx",
                 (unsigned long long)(text_hash(css.data, css.length) & 0xffffffffffff));
        snprintf(state->path, sizeof(state->path), "/assets/brand-%s.css", state->hash);
        style->name = "brand.css";
        style->path = state->path;
        style->hash = state->hash;
        style->type = "text/css; charset=utf-8";
        return true;
}

static enum status fill(struct connection *connection, struct state *state, struct error *error)
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
        return make_style(state, version.concept) ? STATUS_OK : error_memory(error);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static struct state *known(struct subbrands *subbrands, int64_t version_id, uint32_t colour)
{
        struct state *state = subbrands->first;
        while (state && (state->version_id != version_id || state->colour != colour))
                state = state->next;
        return state;
}

enum status subbrand_current(struct subbrands *subbrands, struct connection *connection, const struct subbrand **ret,
                             struct error *error)
{
        int64_t version_id;
        uint32_t colour;
        enum status status = chosen_version(connection, &version_id, error);
        if (status == STATUS_OK)
                status = chosen_colour(connection, &colour, error);
        if (status != STATUS_OK)
                return status;
        pthread_mutex_lock(&subbrands->mutex);
        struct state *state = known(subbrands, version_id, colour);
        if (!state) {
                state = calloc(1, sizeof(*state));
                if (state) {
                        state->version_id = version_id;
                        state->colour = colour;
                }
                status = state ? fill(connection, state, error) : error_memory(error);
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
        while (state && !text_is(path, state->path))
                state = state->next;
        pthread_mutex_unlock(&subbrands->mutex);
        return state ? &state->subbrand.style : NULL;
}
