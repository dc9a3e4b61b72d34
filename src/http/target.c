/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * target.c: takes the target of a request apart.
 */
#include "http/target.h"

#include "base/buffer.h"

#define API_PREFIX "/api/v1"

static int hexadecimal(char digit)
{
        if (digit >= '0' && digit <= '9')
                return digit - '0';
        if (digit >= 'a' && digit <= 'f')
                return digit - 'a' + 10;
        return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool target_decode(struct text encoded, bool plus, struct arena *arena, struct text *ret)
{
        char *out = arena_alloc(arena, encoded.length + 1);
        size_t length = 0;
        if (!out)
                return false;
        for (size_t i = 0; i < encoded.length; i++) {
                char byte = encoded.data[i];
                if (byte == '%') {
                        int high = encoded.length - i > 2 ? hexadecimal(encoded.data[i + 1]) : -1;
                        int low = high >= 0 ? hexadecimal(encoded.data[i + 2]) : -1;
                        if (high < 0 || low < 0)
                                return false;
                        byte = (char)(high * 16 + low);
                        i += 2;
                } else if (plus && byte == '+') {
                        byte = ' ';
                }
                if (byte == '\0')
                        return false;
                out[length++] = byte;
        }
        out[length] = '\0';
        if (!text_is_utf8(out, length))
                return false;
        *ret = (struct text){out, length};
        return true;
}

bool target_add_encoded(struct buffer *out, struct text text)
{
        static const char digits[] = "0123456789ABCDEF";
        for (size_t i = 0; i < text.length; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= '0' && byte <= '9') || memchr("-._~", byte, 4);
                if (plain) {
                        buffer_add_byte(out, (char)byte);
                        continue;
                }
                char encoded[] = {'%', digits[byte >> 4], digits[byte & 15]};
                buffer_add(out, encoded, sizeof(encoded));
        }
        return !out->failed;
}

/* Printable ASCII without what never stands in an address unencoded. */
static bool is_plain(struct text raw)
{
        for (size_t i = 0; i < raw.length; i++) {
                unsigned char byte = (unsigned char)raw.data[i];
                if (byte <= ' ' || byte >= 0x7f || memchr("\\#\"<>^`{|}", byte, 10))
                        return false;
        }
        return true;
}

static bool segment_is_sound(struct text segment)
{
        if (text_is(segment, ".") || text_is(segment, ".."))
                return false;
        for (size_t i = 0; i < segment.length; i++) {
                unsigned char byte = (unsigned char)segment.data[i];
                if (byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\')
                        return false;
        }
        return true;
}

static bool split(struct text path, struct arena *arena, struct target *target)
{
        size_t at = 1;
        if (path.length <= 1)
                return true;
        for (;;) {
                const char *slash = memchr(path.data + at, '/', path.length - at);
                size_t end = slash ? (size_t)(slash - path.data) : path.length;
                struct text segment;
                if (target->segment_count == TARGET_SEGMENTS_MAX ||
                    !target_decode((struct text){path.data + at, end - at}, false, arena, &segment) ||
                    !segment_is_sound(segment))
                        return false;
                target->segments[target->segment_count++] = segment;
                if (!slash)
                        return true;
                at = end + 1;
        }
}

static bool cut_ending(struct target *target, const char *ending, enum target_form form)
{
        struct text last = target->segments[target->segment_count - 1];
        size_t length = strlen(ending);
        if (last.length <= length || memcmp(last.data + last.length - length, ending, length) != 0)
                return false;
        target->stem = (struct text){last.data, last.length - length};
        target->stem_form = form;
        return true;
}

enum status target_parse(struct text raw, struct arena *arena, struct target *ret, struct error *error)
{
        struct target target = {.form = TARGET_PAGE};
        const size_t prefix = strlen(API_PREFIX);
        if (raw.length == 0 || raw.data[0] != '/' || !is_plain(raw))
                return error_set(error, STATUS_USAGE, "request.bad_address", NULL);
        const char *mark = memchr(raw.data, '?', raw.length);
        target.path = (struct text){raw.data, mark ? (size_t)(mark - raw.data) : raw.length};
        if (mark)
                target.query = (struct text){mark + 1, raw.length - target.path.length - 1};
        if (target.path.length >= prefix && memcmp(target.path.data, API_PREFIX, prefix) == 0 &&
            (target.path.length == prefix || target.path.data[prefix] == '/')) {
                target.form = TARGET_JSON;
                target.path.data += prefix;
                target.path.length -= prefix;
                if (target.path.length == 0)
                        target.path = text_of("/");
        }
        if (!split(target.path, arena, &target))
                return error_set(error, STATUS_USAGE, "request.bad_address", NULL);
        if (target.segment_count > 0 && !cut_ending(&target, ".csv", TARGET_CSV))
                cut_ending(&target, ".xlsx", TARGET_XLSX);
        *ret = target;
        return STATUS_OK;
}
