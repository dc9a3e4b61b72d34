/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_part.c: expat on an entry of an archive.
 *
 * expat's allocator functions know no context; which parser they work for is noted per thread while expat is called.
 */
#include "importer/xlsx_part.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 << 10, ALLOCATION_HEAD = 16 };

struct xlsx_part {
        XML_Parser parser;
        struct entry_reader *reader;
        const struct xlsx_handler *handler;
        void *context;
        const char *file_name, *part_name;   /* the caller's */
        unsigned depth;
        uint64_t fed;
        bool at_end, paused, stopped;        /* stopped: failed */
        bool wants_pause;
        size_t allocated;
        bool out_of_budget;
        enum status failure;
        struct error error;
};

static _Thread_local struct xlsx_part *working;

static void *take_memory(size_t size)
{
        if (size > XLSX_PARSER_BYTES_MAX || working->allocated + size > XLSX_PARSER_BYTES_MAX) {
                working->out_of_budget = true;
                return NULL;
        }
        size_t *memory = malloc(ALLOCATION_HEAD + size);
        if (!memory)
                return NULL;
        *memory = size;
        working->allocated += size;
        return (char *)memory + ALLOCATION_HEAD;
}

static void give_memory(void *pointer)
{
        if (!pointer)
                return;
        size_t *memory = (size_t *)((char *)pointer - ALLOCATION_HEAD);
        working->allocated -= *memory;
        free(memory);
}

static void *change_memory(void *pointer, size_t size)
{
        if (!pointer)
                return take_memory(size);
        size_t old = *(size_t *)((char *)pointer - ALLOCATION_HEAD);
        void *larger = take_memory(size);
        if (!larger)
                return NULL;
        memcpy(larger, pointer, old < size ? old : size);
        give_memory(pointer);
        return larger;
}

static enum status set_error(const struct xlsx_part *part, enum status status, const char *key, struct error *error)
{
        return error_set(error, status, key, "file", part->file_name, "part", part->part_name, NULL);
}

struct error *xlsx_part_error(struct xlsx_part *part) { return &part->error; }
bool xlsx_part_failed(const struct xlsx_part *part) { return part->stopped; }
uint64_t xlsx_part_bytes_read(const struct xlsx_part *part) { return entry_bytes_read(part->reader); }

void xlsx_part_fail(struct xlsx_part *part, enum status status)
{
        if (part->stopped)
                return;
        part->stopped = true;
        part->failure = status;
        (void)XML_StopParser(part->parser, XML_FALSE);
}

static void fail_with(struct xlsx_part *part, enum status status, const char *key)
{
        if (!part->stopped)
                xlsx_part_fail(part, set_error(part, status, key, &part->error));
}

void xlsx_part_damaged(struct xlsx_part *part) { fail_with(part, STATUS_INVALID, "workbook.damaged"); }

void xlsx_part_pause(struct xlsx_part *part) { part->wants_pause = true; }

static const char *local_name(const char *name)
{
        const char *colon = strchr(name, ':');
        return colon ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name)
{
        for (; attributes[0]; attributes += 2)
                if (strcmp(attributes[0], name) == 0 || strcmp(local_name(attributes[0]), name) == 0)
                        return attributes[1];
        return NULL;
}

static void pause_if_wanted(struct xlsx_part *part)
{
        if (!part->wants_pause || part->stopped)
                return;
        part->wants_pause = false;
        (void)XML_StopParser(part->parser, XML_TRUE);
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
        struct xlsx_part *part = context;
        if (part->stopped)
                return;
        if (++part->depth > XLSX_DEPTH_MAX)
                fail_with(part, STATUS_INVALID, "workbook.too_deep");
        else
                part->handler->start(part->context, part->depth, local_name(name), attributes);
}

static void XMLCALL on_end(void *context, const char *name)
{
        struct xlsx_part *part = context;
        if (part->stopped)
                return;
        part->handler->end(part->context, part->depth, local_name(name));
        part->depth--;
        pause_if_wanted(part);
}

static void XMLCALL on_text(void *context, const char *data, int length)
{
        struct xlsx_part *part = context;
        if (!part->stopped)
                part->handler->text(part->context, data, (size_t)length);
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
        (void)name;
        (void)system;
        (void)public;
        (void)internal;
        fail_with(context, STATUS_INVALID, "workbook.doctype");
}

enum status xlsx_part_open(struct archive *archive, size_t entry, const char *file_name, const char *part_name,
                           const struct xlsx_handler *handler, void *context, struct xlsx_part **ret,
                           struct error *error)
{
        static const XML_Memory_Handling_Suite memory = {take_memory, change_memory, give_memory};
        struct xlsx_part *part = calloc(1, sizeof(*part));
        if (!part)
                return error_memory(error);
        part->handler = handler;
        part->context = context;
        part->file_name = file_name;
        part->part_name = part_name;
        working = part;
        part->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
        enum status status = part->parser ? entry_open(archive, entry, &part->reader, error) : error_memory(error);
        if (status) {
                xlsx_part_close(part);
                return status;
        }
        XML_SetUserData(part->parser, part);
        XML_SetElementHandler(part->parser, on_start, on_end);
        if (handler->text)
                XML_SetCharacterDataHandler(part->parser, on_text);
        XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
        (void)XML_SetParamEntityParsing(part->parser, XML_PARAM_ENTITY_PARSING_NEVER);
        *ret = part;
        return STATUS_OK;
}

void xlsx_part_close(struct xlsx_part *part)
{
        if (!part)
                return;
        working = part;
        if (part->parser)
                XML_ParserFree(part->parser);
        working = NULL;
        entry_close(part->reader);
        free(part);
}

static enum status judge(struct xlsx_part *part, enum XML_Status result, struct error *error)
{
        if (part->stopped) {
                *error = part->error;
                return part->failure;
        }
        if (result != XML_STATUS_ERROR) {
                part->paused = result == XML_STATUS_SUSPENDED;
                return STATUS_OK;
        }
        if (XML_GetErrorCode(part->parser) == XML_ERROR_NO_MEMORY)
                return part->out_of_budget ? set_error(part, STATUS_INVALID, "workbook.part_too_complex", error)
                                           : error_memory(error);
        return set_error(part, STATUS_INVALID, "workbook.damaged", error);
}

enum status xlsx_part_step(struct xlsx_part *part, bool *ret_more, struct error *error)
{
        enum XML_Status result;
        working = part;
        if (part->paused) {
                part->paused = false;
                result = XML_ResumeParser(part->parser);
        } else {
                size_t length;
                void *chunk = XML_GetBuffer(part->parser, CHUNK_BYTES);
                if (!chunk)
                        return judge(part, XML_STATUS_ERROR, error);
                enum status status = entry_read(part->reader, chunk, CHUNK_BYTES, &length, error);
                if (status)
                        return status;
                part->at_end = length == 0;
                part->fed += length;
                result = XML_ParseBuffer(part->parser, (int)length, part->at_end);
        }
        enum status status = judge(part, result, error);
        if (status)
                return status;
        /* A tag that does not end is kept until it does. */
        XML_Index seen = XML_GetCurrentByteIndex(part->parser);
        if (!part->paused && !part->at_end && seen >= 0 && part->fed > (uint64_t)seen + XLSX_TAG_BYTES_MAX)
                return set_error(part, STATUS_INVALID, "workbook.part_too_complex", error);
        *ret_more = part->paused || !part->at_end;
        return STATUS_OK;
}

enum status xlsx_part_read(struct archive *archive, size_t entry, const char *file_name, const char *part_name,
                           const struct xlsx_handler *handler, void *context, struct xlsx_part **ret_part,
                           struct error *error)
{
        struct xlsx_part *part = NULL;
        bool more = true;
        enum status status = xlsx_part_open(archive, entry, file_name, part_name, handler, context, &part, error);
        if (!status && ret_part)
                *ret_part = part;
        while (!status && more)
                status = xlsx_part_step(part, &more, error);
        xlsx_part_close(part);
        return status;
}
