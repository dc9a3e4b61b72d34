/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * frame.c: what stands around every page. Templates find it under these names when the page's model has none of them:
 *
 *   language       "de" or "en"           german, english   yes or no: which of both
 *   path           of this page           address           path and query, for "sign in and come back"
 *   csrf           the token of every form: <input type="hidden" name="csrf" value="{{csrf}}">
 *   request_id     what to tell whoever runs the server
 *   signed_in      yes or no
 *   account        map: name, role (a word), role_name ("rep"), contact (yes or no)
 *   may            map: one yes for each permission, in lower case: {{#may.ladder_read}}...{{/may.ladder_read}}
 *   notice         map: text, undo (a path): what the last action did; only on the page after it
 *   assets         map: the address of each asset by its name, other characters as '_': {{assets.app_css}}
 *   theme          "light", "dark", or none: as the system has it
 *   version        of the program
 *
 * Whoever starts the server adds to it (site.h): the subbrand.
 */
#include "access/secret.h"
#include "http/service.h"
#include "platform/random.h"

static const char *plain_name(struct arena *arena, const char *name)
{
        char *copy = arena_copy(arena, name, strlen(name));
        for (char *p = copy; p && *p; p++) {
                if (*p >= 'A' && *p <= 'Z')
                        *p = (char)(*p - 'A' + 'a');
                else if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
                        *p = '_';
        }
        return copy;
}

static void add_account(const struct request *request, struct model *frame)
{
        const struct subject *subject = &request->subject;
        struct buffer word buffer_cleanup;
        struct value *account = put_map(frame, NULL, "account");
        bool contact = subject->role == ROLE_MAIN_CONTACT || subject->role == ROLE_CONTACT;
        buffer_init(&word, 64);
        buffer_addf(&word, "role.%s", role_names[subject->role]);
        put_text(frame, account, "name", subject->name);
        put_word(frame, account, "role", arena_copy(request->arena, word.data, word.length));
        put_string(frame, account, "role_name", role_names[subject->role]);
        put_yes_no(frame, account, "contact", contact);
}

static void add_rights(const struct request *request, struct model *frame)
{
        struct value *may = put_map(frame, NULL, "may");
        for (int permission = 0; permission < PERMISSION_COUNT; permission++)
                if (subject_may(&request->subject, (enum permission)permission))
                        put_yes_no(frame, may, plain_name(request->arena, permission_names[permission]), true);
}

/* The notice as a cookie holds it: what does not look like one of ours is left out. */
static void add_notice(struct request *request, struct model *frame, struct text held)
{
        struct items items = {.arena = request->arena};
        struct error error, notice = {.status = STATUS_OK};
        struct text key = {NULL, 0}, undo = {NULL, 0};
        if (!held.length || items_add_encoded(&items, held, &error) != STATUS_OK)
                return;
        for (const struct item *item = items.first; item; item = item->next) {
                if (text_is(item->name, "key"))
                        key = item->value;
                else if (text_is(item->name, "undo"))
                        undo = item->value;
                else if (item->name.length > 2)
                        error_add(&notice, item->name.data + 2, item->value.data);
        }
        if (!key.data || !message_exists(key.data))
                return;
        struct buffer text buffer_cleanup;
        buffer_init(&text, 4096);
        notice.key = key.data;
        message_add_error(&text, request->language, &notice);
        struct value *map = put_map(frame, NULL, "notice");
        put_text(frame, map, "text", (struct text){text.data, text.length});
        if (undo.length > 1 && undo.data[0] == '/' && undo.data[1] != '/' && undo.data[1] != '\\')
                put_text(frame, map, "undo", undo);
}

static void add_assets(const struct request *request, struct model *frame)
{
        const struct site *site = request->service->site;
        struct value *map = put_map(frame, NULL, "assets");
        for (size_t i = 0; i < site->asset_count; i++)
                put_string(frame, map, plain_name(request->arena, site->assets[i].name), site->assets[i].path);
}

static void add_address(const struct request *request, struct model *frame)
{
        struct buffer address buffer_cleanup;
        buffer_init(&address, HEAD_TARGET_BYTES_MAX + 1);
        buffer_add(&address, request->target.path.data, request->target.path.length);
        if (request->target.query.length) {
                buffer_add_byte(&address, '?');
                buffer_add(&address, request->target.query.data, request->target.query.length);
        }
        put_text(frame, NULL, "path", request->target.path);
        put_text(frame, NULL, "address", (struct text){address.data, address.length});
}

void frame_fill(struct request *request, struct model *frame)
{
        const struct site *site = request->service->site;
        struct text theme = request_cookie(request, "treue_theme"), notice = request_cookie(request, "treue_notice");
        put_string(frame, NULL, "language", language_code(request->language));
        put_yes_no(frame, NULL, "german", request->language == LANGUAGE_GERMAN);
        put_yes_no(frame, NULL, "english", request->language == LANGUAGE_ENGLISH);
        add_address(request, frame);
        put_text(frame, NULL, "csrf", csrf_token(request));
        put_string(frame, NULL, "request_id", request->id);
        put_yes_no(frame, NULL, "signed_in", request->subject.role != ROLE_NOBODY);
        if (request->subject.role != ROLE_NOBODY)
                add_account(request, frame);
        add_rights(request, frame);
        add_notice(request, frame, request->notice_key ? request->notice : notice);
        if (notice.data && !request->notice_key)
                request_set_cookie(request, "treue_notice", text_of(""), 0);
        add_assets(request, frame);
        if (text_is(theme, "light") || text_is(theme, "dark"))
                put_text(frame, NULL, "theme", theme);
        put_string(frame, NULL, "version", TREUE_VERSION);
        if (site->add_to_frame)
                site->add_to_frame(request, frame);
}

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

/* Another text for each page: mask and masked secret, in hexadecimal digits. Pages are packed, and how well a page
 * packs would tell an attacker who makes it repeat guesses something of a secret that always looks the same. */
struct text csrf_token(struct request *request)
{
        static const char digits[] = "0123456789abcdef";
        struct text session = request_cookie(request, REQUEST_SESSION_COOKIE), token;
        unsigned char mask[SECRET_TEXT_LENGTH];
        char text[4 * SECRET_TEXT_LENGTH];
        if (!session.data || !request->subject.session_id)
                return (struct text){"", 0};
        struct secret secret = secret_csrf(session);
        random_bytes(mask, sizeof(mask));
        for (size_t i = 0; i < SECRET_TEXT_LENGTH; i++) {
                unsigned char masked = (unsigned char)(mask[i] ^ (unsigned char)secret.text[i]);
                text[2 * i] = digits[mask[i] >> 4];
                text[2 * i + 1] = digits[mask[i] & 15];
                text[2 * (SECRET_TEXT_LENGTH + i)] = digits[masked >> 4];
                text[2 * (SECRET_TEXT_LENGTH + i) + 1] = digits[masked & 15];
        }
        struct text all = {text, sizeof(text)};
        return arena_keep_text(request->arena, all, &token) ? token : (struct text){"", 0};
}

static int digit_of(char digit)
{
        return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool csrf_token_fits(const struct request *request, struct text token)
{
        struct text session = request_cookie(request, REQUEST_SESSION_COOKIE);
        char plain[SECRET_TEXT_LENGTH];
        if (!session.data || token.length != 4 * SECRET_TEXT_LENGTH)
                return false;
        for (size_t i = 0; i < SECRET_TEXT_LENGTH; i++) {
                const char *mask = token.data + 2 * i, *masked = token.data + 2 * (SECRET_TEXT_LENGTH + i);
                int a = digit_of(mask[0]), b = digit_of(mask[1]), c = digit_of(masked[0]), d = digit_of(masked[1]);
                if (a < 0 || b < 0 || c < 0 || d < 0)
                        return false;
                plain[i] = (char)((a ^ c) << 4 | (b ^ d));
        }
        struct secret secret = secret_csrf(session);
        return secret_equal((struct text){plain, sizeof(plain)}, text_of(secret.text));
}
