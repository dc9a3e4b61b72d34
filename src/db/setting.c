/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * setting.c: the company's settings.
 */
#include "db/setting.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/decimal.h"
#include "db/audit.h"
#include "queries.h"

enum { DETAIL_BYTES_MAX = 1 << 20 };

enum status setting_get(struct connection *connection, const char *name, struct text *ret, struct error *error)
{
        struct q_setting_get_row row;
        bool found = false;
        enum status status = q_setting_get(connection, &(struct q_setting_get_args){.name = text_of(name)}, &row,
                                           &found, error);
        if (status)
                return status;
        if (!found)
                return error_set(error, STATUS_NOT_FOUND, "setting.missing", "name", name, NULL);
        *ret = row.value;
        return STATUS_OK;
}

enum status setting_find(struct connection *connection, const char *name, struct arena *arena, struct text *ret,
                         struct error *error)
{
        struct text value;
        enum status status = setting_get(connection, name, &value, error);
        if (status == STATUS_NOT_FOUND)
                *ret = (struct text){NULL, 0};
        else if (status != STATUS_OK)
                return status;
        else if (!arena_keep_text(arena, value, ret))
                return error_memory(error);
        return STATUS_OK;
}

enum status setting_days(struct connection *connection, const char *name, int32_t usual, int32_t *ret,
                         struct error *error)
{
        struct text value = {NULL, 0};
        int64_t days;
        enum status status = setting_get(connection, name, &value, error);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
                return status;
        bool good = value.length &&
                    decimal_parse_scaled(value, DECIMAL_POINT, 0, false, &days) == DECIMAL_OK && days >= 1 &&
                    days <= SETTING_DAYS_MAX;
        *ret = good ? (int32_t)days : usual;
        return STATUS_OK;
}

/* {"value": "..."} */
static bool add_detail(struct buffer *out, struct text value)
{
        buffer_add_text(out, "{\"value\": \"");
        for (size_t i = 0; i < value.length; i++) {
                unsigned char byte = (unsigned char)value.data[i];
                if (byte < 0x20)
                        buffer_addf(out, "\\u%04x", byte);
                else if (byte == '"' || byte == '\\')
                        buffer_addf(out, "\\%c", byte);
                else
                        buffer_add_byte(out, (char)byte);
        }
        return buffer_add_text(out, "\"}");
}

enum status setting_set(struct connection *connection, const char *name, struct text value, struct error *error)
{
        return setting_set_by(connection, "cli", name, value, error);
}

enum status setting_set_by(struct connection *connection, const char *actor, const char *name, struct text value,
                           struct error *error)
{
        enum status status = q_setting_set(
                connection, &(struct q_setting_set_args){.name = text_of(name), .value = value}, NULL, error);
        if (status)
                return status;
        buffer_cleanup struct buffer detail;
        buffer_init(&detail, DETAIL_BYTES_MAX);
        if (!add_detail(&detail, value))
                return error_set(error, STATUS_LIMIT, "setting.too_long", "name", name, NULL);
        return audit_append(connection,
                            &(struct audit_event){.actor = actor,
                                                  .kind = "setting.changed",
                                                  .subject = text_of(name),
                                                  .detail = {detail.data, detail.length}},
                            error);
}

enum status setting_currency(struct connection *connection, struct currency *ret, struct error *error)
{
        struct q_setting_get_row row;
        bool found = false;
        struct currency currency = {.minor_digits = 2};
        enum status status = q_setting_get(connection, &(struct q_setting_get_args){.name = text_of("currency")}, &row,
                                           &found, error);
        if (status)
                return status;
        if (found) {
                if (row.value.length != 3)
                        return error_set(error, STATUS_CORRUPT, "setting.damaged", "name", "currency", NULL);
                memcpy(currency.code, row.value.data, 3);
                struct text value;
                status = setting_get(connection, "minor_digits", &value, error);
                if (status)
                        return status;
                if (value.length != 1 || value.data[0] < '0' || value.data[0] > '9')
                        return error_set(error, STATUS_CORRUPT, "setting.damaged", "name", "minor_digits", NULL);
                currency.minor_digits = (unsigned)(value.data[0] - '0');
        }
        *ret = currency;
        return STATUS_OK;
}

enum status setting_fix_currency(struct connection *connection, struct text code, struct error *error)
{
        unsigned minor_digits;
        struct currency ledger;
        struct q_import_any_row row;
        bool imported = false;
        enum status status = currency_minor_digits(code, &minor_digits, error);
        if (!status)
                status = setting_currency(connection, &ledger, error);
        if (!status)
                status = q_import_any(connection, NULL, &row, &imported, error);
        if (status)
                return status;
        char name[4] = "", digits[2] = {(char)('0' + minor_digits), '\0'};
        memcpy(name, code.data, 3);
        if (ledger.code[0] != '\0') {
                if (text_is(code, ledger.code))
                        return STATUS_OK;
                return error_set(error, STATUS_CONFLICT, "setting.currency_differs", "currency", name, "ledger",
                                 ledger.code, NULL);
        }
        if (imported && minor_digits != ledger.minor_digits)
                return error_set(error, STATUS_CONFLICT, "setting.currency_digits", "currency", name, NULL);
        status = setting_set(connection, "currency", code, error);
        if (!status)
                status = setting_set(connection, "minor_digits", text_of(digits), error);
        return status;
}

/* ISO 4217; all others have two. */
static const struct {
        const char *codes;
        unsigned minor_digits;
} digits_table[] = {
        {"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0},
        {"BHD IQD JOD KWD LYD OMR TND", 3},
        {"CLF UYW", 4},
};

enum status currency_minor_digits(struct text code, unsigned *ret, struct error *error)
{
        char name[ERROR_TEXT_MAX / 4];
        snprintf(name, sizeof(name), "%.*s", (int)(code.length < sizeof(name) ? code.length : sizeof(name) - 1),
                 code.length ? code.data : "");
        bool valid = code.length == 3;
        for (size_t i = 0; valid && i < 3; i++)
                valid = code.data[i] >= 'A' && code.data[i] <= 'Z';
        if (!valid)
                return error_set(error, STATUS_INVALID, "setting.currency_invalid", "currency", name, NULL);
        unsigned minor_digits = 2;
        for (size_t i = 0; i < sizeof(digits_table) / sizeof(digits_table[0]); i++)
                if (strstr(digits_table[i].codes, name))
                        minor_digits = digits_table[i].minor_digits;
        *ret = minor_digits;
        return STATUS_OK;
}
