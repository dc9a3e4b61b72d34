/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * templates.c: gathers the sources of both places; the overlay's come last and count.
 */
#include "render/templates.h"

#include <stdlib.h>

#include "platform/file.h"

enum { OVERLAY_BYTES_MAX = 64 << 20, PATH_BYTES_MAX = 4096 };

static const char ending[] = ".mustache";

struct gathering {
        const char *folder;      /* OVERLAY/templates */
        struct arena *arena;
        struct buffer sources;   /* struct template_source */
        enum status status;
        struct error *error;
};

/* The template `name` of the overlay, if there is one. */
static void gather(struct gathering *g, const char *name)
{
        char path[PATH_BYTES_MAX];
        struct buffer content;
        struct template_source source = {.name = NULL};
        if (g->status != STATUS_OK)
                return;
        int length = snprintf(path, sizeof(path), "%s/%s%s", g->folder, name, ending);
        if (length < 0 || length >= PATH_BYTES_MAX || !file_exists(path))
                return;
        g->status = file_read(path, TEMPLATE_BYTES_MAX, &content, g->error);
        if (g->status != STATUS_OK)
                return;
        source.name = arena_copy(g->arena, name, strlen(name));
        bool kept = source.name && arena_keep_text(g->arena, (struct text){content.data, content.length}, &source.text)
                    && buffer_add(&g->sources, &source, sizeof(source));
        if (!kept)
                g->status = error_memory(g->error);
        else if (!text_is_utf8(content.data, content.length))
                g->status = error_set(g->error, STATUS_INVALID, "template.not_utf8", "path", path, NULL);
        buffer_release(&content);
}

static void visit(void *context, const char *file)
{
        char name[PATH_BYTES_MAX];
        size_t length = strlen(file);
        if (length <= strlen(ending) || length >= sizeof(name) || strcmp(file + length - strlen(ending), ending) != 0)
                return;
        snprintf(name, sizeof(name), "%.*s", (int)(length - strlen(ending)), file);
        gather(context, name);
}

static void gather_overlay(struct gathering *g)
{
        for (size_t i = 0; i < templates_built_in_count; i++)
                if (strchr(templates_built_in[i].name, '/'))
                        gather(g, templates_built_in[i].name);
        if (g->status == STATUS_OK && directory_exists(g->folder)) {
                enum status status = directory_list(g->folder, visit, g, g->error);
                if (g->status == STATUS_OK)
                        g->status = status;
        }
}

enum status templates_load(const char *overlay, struct template_set **ret, struct error *error)
{
        char folder[PATH_BYTES_MAX];
        struct gathering g = {.folder = folder, .arena = arena_new(OVERLAY_BYTES_MAX), .error = error};
        buffer_init(&g.sources, OVERLAY_BYTES_MAX);
        if (!g.arena || !buffer_add(&g.sources, templates_built_in,
                                    templates_built_in_count * sizeof(struct template_source))) {
                g.status = error_memory(error);
        } else if (overlay) {
                if (snprintf(folder, sizeof(folder), "%s/templates", overlay) >= PATH_BYTES_MAX)
                        g.status = error_set(error, STATUS_NOT_FOUND, "file.not_found", "path", overlay, NULL);
                else
                        gather_overlay(&g);
        }
        if (g.status == STATUS_OK)
                g.status = template_set_new((const struct template_source *)(void *)g.sources.data,
                                            g.sources.length / sizeof(struct template_source), false, ret, error);
        buffer_release(&g.sources);
        arena_free(g.arena);
        return g.status;
}
