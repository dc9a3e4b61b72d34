/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_consents.c: what people declared about being addressed, held against the audit chain: the entry of an import's
 * publish carries a digest over all declarations of the file, that of one recorded by hand its own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "customers/consents.h"
#include "program/verify_parts.h"
#include "queries.h"

/* Does the detail of an audit entry name the digest? Also when it was erased: then nothing can be said. */
static enum status is_vouched_for(struct verifying *verifying, const char *kind, int64_t subject, const char *hex,
                                  bool *ret, struct error *error)
{
        char number[VERIFY_NUMBER_BYTES], wanted[CONSENT_HEX_BYTES + 16];
        struct q_verify_audit_detail_args args = {text_of(kind), text_of(verify_number(number, subject))};
        struct q_verify_audit_detail_row row;
        bool found = false;
        enum status status = q_verify_audit_detail(verifying->connection, &args, &row, &found, error);
        if (status)
                return status;
        int length = snprintf(wanted, sizeof(wanted), "\"digest\":\"%s\"", hex);
        *ret = !found || memmem(row.detail.data, row.detail.length, wanted, (size_t)length) != NULL;
        return STATUS_OK;
}

static enum status load_imports(struct verifying *verifying, struct buffer *ids, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_consent_imports_open(verifying->connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_verify_consent_imports_row row;
                status = q_verify_consent_imports_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!buffer_add(ids, &row.id, sizeof(row.id)))
                        status = error_memory(error);
        }
        return status;
}

static enum status check_imports(struct verifying *verifying, struct error *error)
{
        struct buffer list buffer_cleanup;
        buffer_init(&list, 1 << 24);
        enum status status = load_imports(verifying, &list, error);
        const int32_t *ids = (const int32_t *)(const void *)list.data;
        for (size_t i = 0; i < list.length / sizeof(*ids) && !status; i++) {
                char hex[CONSENT_HEX_BYTES], number[VERIFY_NUMBER_BYTES];
                uint64_t entries;
                bool whole = true;
                status = consents_digest(verifying->connection, ids[i], hex, &entries, error);
                if (!status)
                        status = is_vouched_for(verifying, "import.published", ids[i], hex, &whole, error);
                if (!status && !whole)
                        verify_found(verifying, "verify.consent_digest", "import", verify_number(number, ids[i]), NULL);
        }
        return status;
}

static enum status check_by_hand(void *context, int64_t id, const char *hex, struct error *error)
{
        struct verifying *verifying = context;
        char number[VERIFY_NUMBER_BYTES];
        bool whole = true;
        enum status status = is_vouched_for(verifying, "consent.recorded", id, hex, &whole, error);
        if (!status && !whole)
                verify_found(verifying, "verify.consent_entry", "entry", verify_number(number, id), NULL);
        return status;
}

static enum status check_texts(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_consent_texts_open(verifying->connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_verify_consent_texts_row row;
                char number[VERIFY_NUMBER_BYTES];
                status = q_verify_consent_texts_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.consent_text", "entry", verify_number(number, row.id), NULL);
        }
        return status;
}

static enum status check_wordings(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_consent_wordings_open(verifying->connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_verify_consent_wordings_row row;
                uint8_t digest[CONSENT_DIGEST_BYTES];
                char number[VERIFY_NUMBER_BYTES];
                status = q_verify_consent_wordings_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                consent_text_digest(row.language, row.wording, digest);
                if (row.digest.length != sizeof(digest) || memcmp(row.digest.data, digest, sizeof(digest)) != 0)
                        verify_found(verifying, "verify.consent_wording", "text", verify_number(number, row.id), NULL);
        }
        return status;
}

enum status verify_consents(struct verifying *verifying, struct error *error)
{
        enum status status = check_imports(verifying, error);
        if (!status)
                status = consents_digests_by_hand(verifying->connection, check_by_hand, verifying, error);
        if (!status)
                status = check_texts(verifying, error);
        return status ? status : check_wordings(verifying, error);
}
