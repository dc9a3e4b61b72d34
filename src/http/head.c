/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * head.c: checks and reads the head of a request.
 */
#include "http/head.h"

#include "base/checked.h"

static char lower(char letter)
{
        return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* Is `text` the word, whatever the case of its letters? `word` is in lower case. */
static bool is_word(struct text text, const char *word)
{
        if (text.length != strlen(word))
                return false;
        for (size_t i = 0; i < text.length; i++)
                if (lower(text.data[i]) != word[i])
                        return false;
        return true;
}

static const struct header *find(const struct head *head, const char *name, size_t *ret_count)
{
        const struct header *found = NULL;
        *ret_count = 0;
        for (size_t i = 0; i < head->header_count; i++) {
                if (!is_word(head->headers[i].name, name))
                        continue;
                found = found ? found : &head->headers[i];
                (*ret_count)++;
        }
        return found;
}

struct text head_value(const struct head *head, const char *name)
{
        size_t count;
        const struct header *header = find(head, name, &count);
        return header ? header->value : (struct text){NULL, 0};
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static bool is_token(struct text name)
{
        for (size_t i = 0; i < name.length; i++) {
                unsigned char byte = (unsigned char)name.data[i];
                bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9');
                if (!letter && (byte == 0 || !memchr("!#$%&'*+-.^_`|~", byte, 15)))
                        return false;
        }
        return name.length > 0;
}

static bool is_visible(struct text value)
{
        for (size_t i = 0; i < value.length; i++) {
                unsigned char byte = (unsigned char)value.data[i];
                if ((byte < ' ' && byte != '\t') || byte == 0x7f)
                        return false;
        }
        return true;
}

static bool read_length(struct text value, uint64_t *ret)
{
        uint64_t length = 0;
        if (value.length == 0 || value.length > 18)
                return false;
        for (size_t i = 0; i < value.length; i++) {
                if (value.data[i] < '0' || value.data[i] > '9')
                        return false;
                length = length * 10 + (uint64_t)(value.data[i] - '0');
        }
        *ret = length;
        return true;
}

/* "name", "name:80", "10.0.0.1", "[::1]:8420": letters, digits, and what belongs to them. */
static bool host_is_sound(struct text host)
{
        for (size_t i = 0; i < host.length; i++) {
                char byte = lower(host.data[i]);
                bool letter = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
                if (!letter && !memchr("-._:[]", byte, 6))
                        return false;
        }
        return host.length > 0;
}

static enum status refuse(struct error *error, const char *what)
{
        return error_set(error, STATUS_USAGE, "request.bad_head", "what", what, NULL);
}

/* At most once, and what must be in it. */
static enum status check_framing(struct head *head, struct error *error)
{
        size_t lengths, codings, hosts, types, others;
        const struct header *length = find(head, "content-length", &lengths);
        const struct header *coding = find(head, "transfer-encoding", &codings);
        const struct header *host = find(head, "host", &hosts);
        if (lengths > 1 || (lengths && codings) || codings > 1 || (coding && !is_word(coding->value, "chunked")))
                return refuse(error, "Content-Length, Transfer-Encoding");
        if (length && !read_length(length->value, &head->body_bytes))
                return refuse(error, "Content-Length");
        head->has_length = length != NULL;
        if (hosts > 1 || (!host && !head->is_old) || (host && !host_is_sound(host->value)))
                return refuse(error, "Host");
        head->host = host ? host->value : (struct text){NULL, 0};
        find(head, "content-type", &types);
        if (types > 1)
                return refuse(error, "Content-Type");
        if (find(head, "content-encoding", &others))
                return refuse(error, "Content-Encoding");
        static const char *const once[] = {"cookie", "authorization", "origin", "expect", "sec-fetch-site", "upgrade"};
        for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
                find(head, once[i], &others);
                if (others > 1)
                        return refuse(error, once[i]);
        }
        return codings ? error_set(error, STATUS_USAGE, "request.length_required", NULL) : STATUS_OK;
}

enum status head_check(struct head *head, struct error *error)
{
        for (size_t i = 0; i < head->header_count; i++) {
                if (!is_token(head->headers[i].name))
                        return refuse(error, "header");
                if (!is_visible(head->headers[i].value))
                        return refuse(error, "header");
        }
        return check_framing(head, error);
}

/* ---- where from -------------------------------------------------------------------------------------------------- */

static struct text host_of_origin(struct text origin)
{
        for (size_t i = 0; i + 3 <= origin.length; i++)
                if (memcmp(origin.data + i, "://", 3) == 0)
                        return (struct text){origin.data + i + 3, origin.length - i - 3};
        return (struct text){NULL, 0};
}

static bool same_host(struct text a, struct text b)
{
        if (a.length != b.length)
                return false;
        for (size_t i = 0; i < a.length; i++)
                if (lower(a.data[i]) != lower(b.data[i]))
                        return false;
        return true;
}

/* The host without its port. */
static struct text host_name(struct text host)
{
        if (host.length && host.data[0] == '[') {
                const char *close = memchr(host.data, ']', host.length);
                return close ? (struct text){host.data + 1, (size_t)(close - host.data) - 1} : (struct text){NULL, 0};
        }
        const char *colon = host.length ? memchr(host.data, ':', host.length) : NULL;
        return colon ? (struct text){host.data, (size_t)(colon - host.data)} : host;
}

bool head_host_is_ours(const struct head *head, struct text origin)
{
        struct peer_address ignored;
        if (!head->host.data)
                return head->is_old;
        if (origin.length && same_host(head->host, host_of_origin(origin)))
                return true;
        struct text name = host_name(head->host);
        /* With a public address the numbers still serve those who watch the server from inside. */
        return is_word(name, "localhost") || peer_parse(name, &ignored);
}

struct text head_cookie(const struct head *head, const char *name)
{
        struct text all = head_value(head, "cookie"), found = {NULL, 0};
        size_t length = strlen(name), at = 0;
        unsigned count = 0, matches = 0;
        while (at < all.length && count++ < HEAD_COOKIES_MAX) {
                const char *semicolon = memchr(all.data + at, ';', all.length - at);
                size_t end = semicolon ? (size_t)(semicolon - all.data) : all.length;
                struct text pair = text_trim((struct text){all.data + at, end - at});
                if (pair.length > length && pair.data[length] == '=' && memcmp(pair.data, name, length) == 0) {
                        found = (struct text){pair.data + length + 1, pair.length - length - 1};
                        matches++;
                }
                at = end + 1;
        }
        return matches == 1 ? found : (struct text){NULL, 0};
}

/* The next element of a list separated by commas, without parameters; false at the end. */
static bool next_element(struct text list, size_t *at, struct text *ret, struct text *ret_parameters)
{
        if (*at >= list.length)
                return false;
        const char *comma = memchr(list.data + *at, ',', list.length - *at);
        size_t end = comma ? (size_t)(comma - list.data) : list.length;
        struct text whole = {list.data + *at, end - *at};
        const char *semicolon = whole.length ? memchr(whole.data, ';', whole.length) : NULL;
        size_t length = semicolon ? (size_t)(semicolon - whole.data) : whole.length;
        *ret = text_trim((struct text){whole.data, length});
        *ret_parameters = text_trim((struct text){whole.data + length, whole.length - length});
        *at = end + 1;
        return true;
}

/* "q=0", "q=0.000": not at all. */
static bool is_refused(struct text parameters)
{
        if (parameters.length < 4)
                return false;
        struct text rest = text_trim((struct text){parameters.data + 1, parameters.length - 1});
        if (rest.length < 3 || lower(rest.data[0]) != 'q' || rest.data[1] != '=' || rest.data[2] != '0')
                return false;
        for (size_t i = 3; i < rest.length; i++)
                if (rest.data[i] != '0' && rest.data[i] != '.')
                        return false;
        return true;
}

bool head_language(const struct head *head, enum language *ret)
{
        struct text list = head_value(head, "accept-language"), element, parameters;
        for (size_t at = 0; next_element(list, &at, &element, &parameters);) {
                bool whole = element.length == 2 || (element.length > 2 && element.data[2] == '-');
                char code[] = {whole ? lower(element.data[0]) : '?', whole ? lower(element.data[1]) : '?', '\0'};
                if (!is_refused(parameters) && language_parse(code, ret))
                        return true;
        }
        return false;
}

bool head_accepts_coding(const struct head *head, const char *coding)
{
        struct text list = head_value(head, "accept-encoding"), element, parameters;
        for (size_t at = 0; next_element(list, &at, &element, &parameters);)
                if (is_word(element, coding))
                        return !is_refused(parameters);
        return false;
}

bool head_accepts_html(const struct head *head)
{
        struct text list = head_value(head, "accept"), element, parameters;
        for (size_t at = 0; next_element(list, &at, &element, &parameters);) {
                if (is_word(element, "application/json"))
                        return false;
                if (is_word(element, "text/html"))
                        return true;
        }
        return false;
}

/* "https://treue.example/customers" begins with the origin, and then a path or nothing. */
static bool is_within(struct text address, struct text origin)
{
        return address.length >= origin.length && same_host((struct text){address.data, origin.length}, origin) &&
               (address.length == origin.length || address.data[origin.length] == '/');
}

bool head_comes_from_us(const struct head *head, struct text own_origin)
{
        struct text site = head_value(head, "sec-fetch-site"), origin = head_value(head, "origin");
        if (site.data && !is_word(site, "same-origin") && !is_word(site, "none"))
                return false;
        if (origin.data)
                return same_host(origin, own_origin);
        struct text referer = head_value(head, "referer");
        return site.data || !referer.data || is_within(referer, own_origin);
}

struct peer_address head_client(const struct head *head, const struct peer_address *peer,
                                const struct peer_range *trusted, size_t trusted_count)
{
        struct peer_address client = *peer, one;
        if (!peer_is_trusted(peer, trusted, trusted_count))
                return client;
        struct text list = {NULL, 0};
        /* Each proxy adds to the end, be it of the last header of that name. */
        for (size_t i = head->header_count; i-- > 0;) {
                if (!is_word(head->headers[i].name, "x-forwarded-for"))
                        continue;
                list = head->headers[i].value;
                while (list.length) {
                        size_t begin = list.length;
                        while (begin > 0 && list.data[begin - 1] != ',')
                                begin--;
                        if (!peer_parse(text_trim((struct text){list.data + begin, list.length - begin}), &one))
                                return client;
                        client = one;
                        if (!peer_is_trusted(&one, trusted, trusted_count))
                                return client;
                        list.length = begin ? begin - 1 : 0;
                }
        }
        return client;
}

bool head_was_secure(const struct head *head)
{
        size_t count;
        const struct header *header = find(head, "x-forwarded-proto", &count);
        return header && count == 1 && is_word(header->value, "https");
}
