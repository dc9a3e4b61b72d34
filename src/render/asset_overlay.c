/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * asset_overlay.c: reads the files of an overlay, names them by what is in them, and packs what packs well.
 */
#include "render/asset_overlay.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/buffer.h"
#include "platform/file.h"

enum { PATH_BYTES_MAX = 4096, NAME_BYTES_MAX = 100, GZIP_WINDOW = 15 + 16 };

static const struct {
        const char *ending, *type;
        bool packs;
} types[] = {
        {"css", "text/css; charset=utf-8", true},
        {"js", "text/javascript; charset=utf-8", true},
        {"svg", "image/svg+xml", true},
        {"txt", "text/plain; charset=utf-8", true},
        {"png", "image/png", false},
        {"jpg", "image/jpeg", false},
        {"webp", "image/webp", false},
        {"ico", "image/x-icon", false},
        {"woff2", "font/woff2", false},
};
enum { TYPES = sizeof(types) / sizeof(types[0]) };

struct loading {
        const char *folder;
        struct arena *arena;
        struct asset *assets;   /* room for all of the binary and OVERLAY_ASSETS_MAX more */
        size_t count;
        enum status status;
        struct error *error;
};

/* The place in `types`; TYPES: this is no name. */
static size_t type_of(const char *name, size_t *ret_stem)
{
        size_t stem = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), type = 0;
        *ret_stem = stem;
        if (stem == 0 || name[stem] != '.' || strlen(name) > NAME_BYTES_MAX)
                return TYPES;
        while (type < TYPES && strcmp(name + stem + 1, types[type].ending) != 0)
                type++;
        return type;
}

/* Appends `content` as gzip. False: it could not be packed. */
static bool pack(const struct buffer *content, struct buffer *out)
{
        z_stream stream = {0};
        if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK)
                return false;
        uLong bound = deflateBound(&stream, (uLong)content->length);
        bool packed = buffer_reserve(out, bound);
        if (packed) {
                stream.next_in = (Bytef *)content->data;
                stream.avail_in = (uInt)content->length;
                stream.next_out = (Bytef *)out->data;
                stream.avail_out = (uInt)bound;
                packed = deflate(&stream, Z_FINISH) == Z_STREAM_END;
                out->length = packed ? (size_t)stream.total_out : 0;
        }
        deflateEnd(&stream);
        return packed;
}

static bool keep(struct loading *l, const char *name, size_t stem, size_t type, const struct buffer *content,
                 struct asset *ret)
{
        char hash[13], path[NAME_BYTES_MAX + 40];
        struct buffer gzip buffer_cleanup;
        struct asset asset = {.type = types[type].type};
        buffer_init(&gzip, 2 * OVERLAY_ASSET_BYTES_MAX);
        snprintf(hash, sizeof(hash), "%012llx",
                 (unsigned long long)(text_hash(content->data, content->length) & 0xFFFFFFFFFFFF));
        snprintf(path, sizeof(path), "/assets/%.*s-%s%s", (int)stem, name, hash, name + stem);
        asset.name = arena_copy(l->arena, name, strlen(name));
        asset.path = arena_copy(l->arena, path, strlen(path));
        asset.hash = arena_copy(l->arena, hash, strlen(hash));
        if (!asset.name || !asset.path || !asset.hash ||
            !arena_keep_text(l->arena, (struct text){content->data, content->length}, &asset.bytes))
                return false;
        if (types[type].packs && pack(content, &gzip) && gzip.length < content->length &&
            !arena_keep_text(l->arena, (struct text){gzip.data, gzip.length}, &asset.gzip))
                return false;
        *ret = asset;
        return true;
}

static void visit(void *context, const char *name)
{
        struct loading *l = context;
        char path[PATH_BYTES_MAX], limit[16];
        struct buffer content;
        struct asset asset;
        size_t stem, type, place = 0;
        if (l->status != STATUS_OK)
                return;
        type = type_of(name, &stem);
        if (type == TYPES || snprintf(path, sizeof(path), "%s/%s", l->folder, name) >= PATH_BYTES_MAX) {
                l->status = error_set(l->error, STATUS_INVALID, "asset.bad_name", "name", name, NULL);
                return;
        }
        while (place < l->count && strcmp(l->assets[place].name, name) != 0)
                place++;
        if (place == asset_count + OVERLAY_ASSETS_MAX) {
                snprintf(limit, sizeof(limit), "%d", OVERLAY_ASSETS_MAX);
                l->status = error_set(l->error, STATUS_LIMIT, "asset.too_many", "limit", limit, NULL);
                return;
        }
        l->status = file_read(path, OVERLAY_ASSET_BYTES_MAX, &content, l->error);
        if (l->status != STATUS_OK)
                return;
        if (keep(l, name, stem, type, &content, &asset)) {
                l->assets[place] = asset;
                l->count += place == l->count;
        } else {
                l->status = error_memory(l->error);
        }
        buffer_release(&content);
}

enum status assets_load(const char *overlay, struct arena *arena, const struct asset **ret, size_t *ret_count,
                        struct error *error)
{
        char folder[PATH_BYTES_MAX];
        struct loading l = {.folder = folder, .arena = arena, .error = error};
        if (overlay && snprintf(folder, sizeof(folder), "%s/assets", overlay) >= PATH_BYTES_MAX)
                return error_set(error, STATUS_NOT_FOUND, "file.not_found", "path", overlay, NULL);
        l.assets = arena_array(arena, struct asset, asset_count + OVERLAY_ASSETS_MAX);
        if (!l.assets)
                return error_memory(error);
        for (; l.count < asset_count; l.count++)
                l.assets[l.count] = assets[l.count];
        if (overlay && directory_exists(folder)) {
                enum status status = directory_list(folder, visit, &l, error);
                if (l.status == STATUS_OK)
                        l.status = status;
        }
        if (l.status == STATUS_OK) {
                *ret = l.assets;
                *ret_count = l.count;
        }
        return l.status;
}
