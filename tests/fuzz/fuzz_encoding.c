/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_encoding.c: any bytes as text of any encoding. Byte 0 chooses the encoding, byte 1 the size of the pieces. In
 * pieces comes out what comes out of the whole; it is valid UTF-8 and comes back through the encoding unchanged. In
 * Windows-1252 the bytes nobody assigned are read alike, so that there only the text comes back.
 */
#include <assert.h>
#include <stdlib.h>

#include "importer/detect.h"
#include "importer/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static bool in_pieces(struct buffer *out, enum encoding encoding, const uint8_t *data, size_t length, size_t piece)
{
        size_t begin = 0, end = 0;
        while (begin < length) {
                end = length - end < piece ? length : end + piece;
                size_t used = 0;
                if (!encoding_to_utf_8(out, encoding, data + begin, end - begin, end == length, &used))
                        return false;
                assert(used <= end - begin && (end < length || used == end - begin));
                begin += used;
        }
        return true;
}

static void detect(const uint8_t *data, size_t length)
{
        struct detected_encoding found;
        struct error error;
        for (int set = ENCODING_AUTO; set <= ENCODING_WINDOWS_1252; set++) {
                enum status status = detect_encoding(data, length, true, (enum encoding)set, "f", &found, &error);
                assert(status == STATUS_OK || (status == STATUS_INVALID && error.key));
                assert(status || (found.encoding != ENCODING_AUTO && found.mark_bytes <= length));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        static const enum encoding encodings[] = {ENCODING_WINDOWS_1252, ENCODING_UTF_16_LE, ENCODING_UTF_16_BE};
        if (length < 2)
                return 0;
        enum encoding encoding = encodings[data[0] % 3];
        struct buffer whole, parts, back, again;
        struct buffer *const all[] = {&whole, &parts, &back, &again};
        size_t used = 0, piece = 1 + (size_t)data[1];
        for (size_t i = 0; i < 4; i++)
                buffer_init(all[i], (size_t)1 << 26);
        data += 2;
        length -= 2;
        bool fine = encoding_to_utf_8(&whole, encoding, data, length, true, &used);
        assert(fine == in_pieces(&parts, encoding, data, length, piece));
        assert(whole.length == parts.length && (!whole.length || memcmp(whole.data, parts.data, whole.length) == 0));
        assert(!whole.length || encoding_valid_utf_8(whole.data, whole.length) == whole.length);
        if (fine) {
                struct text text = {whole.data, whole.length};
                assert(used == length && (!length || encoding_from_utf_8(&back, encoding, text)));
                assert(back.length == length);
                assert(encoding == ENCODING_WINDOWS_1252 || !length || memcmp(back.data, data, length) == 0);
                assert(encoding_to_utf_8(&again, encoding, (const uint8_t *)back.data, back.length, true, &used));
                assert(again.length == whole.length &&
                       (!whole.length || memcmp(again.data, whole.data, whole.length) == 0));
                buffer_clear(&again);
        }
        if (encoding_valid_utf_8((const char *)data, length) == length && length) {
                struct text text = {(const char *)data, length};
                assert(encoding_from_utf_8(&again, encoding, text));
        }
        detect(data, length);
        for (size_t i = 0; i < 4; i++)
                buffer_release(all[i]);
        return 0;
}
