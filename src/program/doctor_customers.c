/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * doctor_customers.c: findings about customers: who stands twice, whom nobody can reach, whose figures contradict each
 * other.
 */
#include <stdlib.h>

#include "base/bits.h"
#include "db/setting.h"
#include "engine/input.h"
#include "program/doctor_parts.h"
#include "queries.h"

enum { PLAIN_ATTRIBUTES = 6, NAMED_ATTRIBUTES_MAX = 32, CODE_BYTES_MAX = 64 };

/* In the order of `plain`. */
enum plain_attribute { PLAIN_EMAIL, PLAIN_PHONE, PLAIN_STREET, PLAIN_POSTCODE, PLAIN_ACCOUNT_GROUP, PLAIN_SITE_OF };
static const char *const plain[PLAIN_ATTRIBUTES] = {"email", "phone", "street", "postcode", "account_group", "site_of"};

/* ---- loading ----------------------------------------------------------------------------------------------------- */

/* Letters only, as a heading may be spelled: "USt-IdNr." -> "ustidnr". */
static bool is_called(struct text code, const char *const *names, size_t count)
{
        static const char prefix[] = "attribute:";
        char letters[CODE_BYTES_MAX];
        size_t length = 0;
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, 1 << 16);
        if (code.length < sizeof(prefix) || memcmp(code.data, prefix, sizeof(prefix) - 1) != 0 ||
            !text_add_sort_key(&folded, (struct text){code.data + sizeof(prefix) - 1,
                                                      code.length - sizeof(prefix) + 1}))
                return false;
        for (size_t i = 0; i < folded.length && length < sizeof(letters) - 1; i++)
                if (folded.data[i] >= 'a' && folded.data[i] <= 'z')
                        letters[length++] = folded.data[i];
        for (size_t i = 0; i < count; i++)
                if (text_is((struct text){letters, length}, names[i]))
                        return true;
        return false;
}

/* Appends criteria for the attributes that are called so. */
static enum status add_called(struct examination *examination, const char *const *names, size_t name_count,
                              struct criterion *criteria, size_t *count, struct error *error)
{
        static const size_t prefix = sizeof("attribute:") - 1;
        rows_cleanup struct rows *rows = NULL;
        size_t added = 0;
        enum status status = q_facts_codes_open(examination->connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK;) {
                struct q_facts_codes_row row;
                status = q_facts_codes_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (added == NAMED_ATTRIBUTES_MAX || !is_called(row.code, names, name_count))
                        continue;
                const char *copy = arena_copy(examination->arena, row.code.data + prefix, row.code.length - prefix);
                if (!copy)
                        return error_memory(error);
                criteria[(*count)++] = (struct criterion){.metric = METRIC_ATTRIBUTE,
                                                          .of = {copy, row.code.length - prefix}};
                added++;
        }
        return status;
}

/* The input as of today, asked for by a concept that names all attributes wanted. */
static enum status load_input(struct examination *examination, struct error *error)
{
        static const char *const vat[] = {
                "ust", "ustid", "ustidnr", "ustidnummer", "umsatzsteuerid", "umsatzsteueridentifikationsnummer",
                "umsatzsteuernummer", "vat", "vatid", "vatno", "vatnumber", "vatregistration", "vatregistrationno",
                "vatregistrationnumber", "vatregno", "uid", "uidnummer", "taxid", "taxnumber", "steuernummer"};
        static const char *const currency[] = {"currency", "currencycode", "curr", "wahrung", "wahrungscode",
                                               "waehrung", "waehrungscode"};
        struct criterion *criteria = arena_array(examination->arena, struct criterion,
                                                 PLAIN_ATTRIBUTES + 2 * NAMED_ATTRIBUTES_MAX + 1);
        struct segment *segment = arena_array(examination->arena, struct segment, 1);
        struct concept *concept = arena_array(examination->arena, struct concept, 1);
        size_t count = 0;
        if (!criteria || !segment || !concept)
                return error_memory(error);
        for (; count < PLAIN_ATTRIBUTES; count++)
                criteria[count] = (struct criterion){.metric = METRIC_ATTRIBUTE, .of = text_of(plain[count])};
        examination->vat_first = count;
        enum status status = add_called(examination, vat, sizeof(vat) / sizeof(vat[0]), criteria, &count, error);
        examination->vat_end = examination->currency_first = count;
        if (status == STATUS_OK)
                status = add_called(examination, currency, sizeof(currency) / sizeof(currency[0]), criteria, &count,
                                    error);
        examination->currency_end = count;
        criteria[count] = (struct criterion){.metric = METRIC_POTENTIAL};
        *segment = (struct segment){.rest = true, .expects = criteria, .expects_count = count + 1};
        *concept = (struct concept){.segments = segment, .segment_count = 1};
        return status == STATUS_OK ? snapshot_input(examination->snapshot, examination->connection, concept,
                                                    examination->today, examination->arena, &examination->input, error)
                                   : status;
}

static enum status load_names(struct examination *examination, struct error *error)
{
        size_t count = snapshot_customer_count(examination->snapshot), at = 0;
        const int64_t *ids = snapshot_customer_ids(examination->snapshot);
        struct text *names = arena_array(examination->arena, struct text, count + 1);
        rows_cleanup struct rows *rows = NULL;
        if (!names)
                return error_memory(error);
        enum status status = q_customer_names_visible_open(examination->connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK;) {
                struct q_customer_names_visible_row row;
                status = q_customer_names_visible_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (at < count && ids[at] < row.customer_id)
                        at++;
                if (at == count || ids[at] != row.customer_id)
                        continue;
                /* The valid one comes last. */
                if (!arena_keep_text(examination->arena, row.name, &names[at]))
                        return error_memory(error);
        }
        examination->report->names = names;
        return status;
}

static enum status load_contacts(struct examination *examination, struct error *error)
{
        size_t count = snapshot_customer_count(examination->snapshot), at = 0;
        const int64_t *ids = snapshot_customer_ids(examination->snapshot);
        struct q_doctor_contacts_args args = {snapshot_generation(examination->snapshot)};
        rows_cleanup struct rows *rows = NULL;
        examination->has_contact = arena_array(examination->arena, bool, count + 1);
        if (!examination->has_contact)
                return error_memory(error);
        enum status status = q_doctor_contacts_open(examination->connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK;) {
                struct q_doctor_contacts_row row;
                status = q_doctor_contacts_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (at < count && ids[at] < row.customer_id)
                        at++;
                if (at < count && ids[at] == row.customer_id)
                        examination->has_contact[at] = true;
        }
        return status;
}

enum status doctor_customers_load(struct examination *examination, struct error *error)
{
        struct customer_number *numbers;
        enum status status = snapshot_numbers(examination->snapshot, examination->connection, examination->arena,
                                              &numbers, error);
        if (status == STATUS_OK) {
                examination->report->numbers = numbers;
                status = load_names(examination, error);
        }
        if (status == STATUS_OK)
                status = load_contacts(examination, error);
        return status == STATUS_OK ? load_input(examination, error) : status;
}

/* None where it is unknown. */
static struct text attribute(const struct examination *examination, size_t which, size_t customer)
{
        const struct attribute_value *value = &examination->input.attributes[which].values[customer];
        return value->known ? value->text : (struct text){NULL, 0};
}

static bool is_merged(const struct examination *examination, size_t customer)
{
        const struct engine_units *units = examination->input.units;
        return units && units->merged_into && units->merged_into[customer] != UNIT_HEAD_NONE;
}

static bool is_prospect(const struct examination *examination, size_t customer)
{
        return examination->input.kind[customer] == KIND_PROSPECT;
}

/* ---- findings ---------------------------------------------------------------------------------------------------- */

/* Those for whom `is_so` says yes, of those for whom `counts` does (NULL: all), as one finding. `fill` completes an
 * example. */
static void find_customers(struct examination *examination, enum doctor_kind kind, enum doctor_severity severity,
                           bool (*counts)(const struct examination *, size_t),
                           bool (*is_so)(const struct examination *, size_t),
                           void (*fill)(const struct examination *, size_t, struct doctor_example *))
{
        uint64_t count = 0, whole = 0;
        size_t first[SURVEY_EXAMPLES];
        for (size_t i = 0; i < examination->report->customers; i++) {
                if (counts && !counts(examination, i))
                        continue;
                whole++;
                if (!is_so(examination, i))
                        continue;
                if (count < SURVEY_EXAMPLES)
                        first[count] = i;
                count++;
        }
        struct doctor_finding *finding = doctor_add(examination, kind, severity, count, whole);
        for (size_t i = 0; finding && i < count && i < SURVEY_EXAMPLES; i++) {
                struct doctor_example *example = doctor_example(finding);
                example->customer = (int64_t)first[i];
                if (fill)
                        fill(examination, first[i], example);
        }
}

static bool is_negative(const struct examination *examination, size_t customer)
{
        return examination->report->survey.revenue_minor[customer] < 0;
}

static void fill_revenue(const struct examination *examination, size_t customer, struct doctor_example *example)
{
        example->amount_minor = examination->report->survey.revenue_minor[customer];
}

void doctor_negative_customers(struct examination *examination)
{
        find_customers(examination, DOCTOR_NEGATIVE_CUSTOMERS, DOCTOR_WARNING, NULL, is_negative, fill_revenue);
}

static bool has_potential(const struct examination *examination, size_t customer)
{
        return examination->input.potential_known && bits_get(examination->input.potential_known, customer);
}

static bool is_above_potential(const struct examination *examination, size_t customer)
{
        return examination->report->survey.revenue_12m_minor[customer] > examination->input.potential_minor[customer];
}

static void fill_potential(const struct examination *examination, size_t customer, struct doctor_example *example)
{
        example->amount_minor = examination->input.potential_minor[customer];
        example->other_minor = examination->report->survey.revenue_12m_minor[customer];
}

void doctor_potentials(struct examination *examination)
{
        find_customers(examination, DOCTOR_POTENTIALS, DOCTOR_WARNING, has_potential, is_above_potential,
                       fill_potential);
}

static bool is_out_of_reach(const struct examination *examination, size_t customer)
{
        return !examination->has_contact[customer] && !attribute(examination, PLAIN_EMAIL, customer).length &&
               !attribute(examination, PLAIN_PHONE, customer).length;
}

void doctor_no_contact(struct examination *examination)
{
        find_customers(examination, DOCTOR_NO_CONTACT, DOCTOR_NOTE, NULL, is_out_of_reach, NULL);
}

static bool has_bought(const struct examination *examination, size_t customer)
{
        return examination->report->survey.has_bought[customer];
}

void doctor_prospects(struct examination *examination)
{
        find_customers(examination, DOCTOR_PROSPECTS, DOCTOR_NOTE, is_prospect, has_bought, fill_revenue);
}

static bool is_customer(const struct examination *examination, size_t customer)
{
        return !is_prospect(examination, customer);
}

static bool has_no_document(const struct examination *examination, size_t customer)
{
        return examination->report->survey.documents_of[customer] == 0;
}

void doctor_no_documents(struct examination *examination)
{
        find_customers(examination, DOCTOR_NO_DOCUMENTS, DOCTOR_NOTE, is_customer, has_no_document, NULL);
}

/* ---- currencies -------------------------------------------------------------------------------------------------- */

static bool same_currency(struct text a, struct text b)
{
        if (a.length != b.length)
                return false;
        for (size_t i = 0; i < a.length; i++)
                if (((unsigned char)a.data[i] | 0x20) != ((unsigned char)b.data[i] | 0x20))
                        return false;
        return true;
}

enum status doctor_currencies(struct examination *examination, struct error *error)
{
        struct currency ledger;
        uint64_t count = 0, whole = 0;
        struct doctor_example examples[SURVEY_EXAMPLES];
        enum status status = setting_currency(examination->connection, &ledger, error);
        if (status != STATUS_OK)
                return status;
        /* Without a ledger currency that of the first customer is as good as any. */
        struct text usual = text_of(ledger.code);
        for (size_t i = 0; i < examination->report->customers; i++) {
                bool any = false, other = false;
                for (size_t a = examination->currency_first; a < examination->currency_end && !other; a++) {
                        struct text own = text_trim(attribute(examination, a, i));
                        if (!own.length)
                                continue;
                        if (!usual.length)
                                usual = own;
                        any = true;
                        other = !same_currency(own, usual);
                        if (other && count < SURVEY_EXAMPLES)
                                examples[count] = (struct doctor_example){.customer = (int64_t)i, .first = own,
                                                                          .other = DOCTOR_CUSTOMER_NONE,
                                                                          .day = DAY_NONE};
                }
                whole += any;
                count += other;
        }
        if (usual.length && !arena_keep_text(examination->arena, usual, &usual))
                return error_memory(error);
        struct doctor_finding *finding = doctor_add(examination, DOCTOR_CURRENCIES, DOCTOR_SERIOUS, count, whole);
        for (size_t i = 0; finding && i < count && i < SURVEY_EXAMPLES; i++) {
                struct doctor_example *example = doctor_example(finding);
                *example = examples[i];
                example->second = usual;
        }
        return STATUS_OK;
}

/* ---- duplicates -------------------------------------------------------------------------------------------------- */

static enum status fold(struct examination *examination, bool (*how)(struct buffer *, struct text), struct text from,
                        struct buffer *scratch, struct text *ret, struct error *error)
{
        buffer_clear(scratch);
        if (!from.length)
                return STATUS_OK;
        const char *copy = how(scratch, from) ? arena_copy(examination->arena, scratch->data, scratch->length) : NULL;
        if (!copy)
                return error_memory(error);
        *ret = (struct text){copy, scratch->length};
        return STATUS_OK;
}

static int compare_texts(const void *a, const void *b)
{
        return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* The numbers that stand as site_of somewhere, in order. */
static enum status load_sites(struct examination *examination, struct text **ret, size_t *ret_count,
                              struct error *error)
{
        size_t count = 0;
        struct text *sites = arena_array(examination->arena, struct text, examination->report->customers + 1);
        if (!sites)
                return error_memory(error);
        for (size_t i = 0; i < examination->report->customers; i++) {
                struct text site = attribute(examination, PLAIN_SITE_OF, i);
                if (site.length)
                        sites[count++] = site;
        }
        if (count > 1)
                qsort(sites, count, sizeof(*sites), compare_texts);
        *ret = sites;
        *ret_count = count;
        return STATUS_OK;
}

static enum status make_candidate(struct examination *examination, size_t customer, struct buffer *scratch,
                                  struct duplicate_candidate *ret, struct error *error)
{
        struct duplicate_candidate made = {
                .customer = customer, .postcode = text_trim(attribute(examination, PLAIN_POSTCODE, customer)),
                .account_group = attribute(examination, PLAIN_ACCOUNT_GROUP, customer),
                .site = attribute(examination, PLAIN_SITE_OF, customer)};
        enum status status = fold(examination, duplicate_fold_name, examination->report->names[customer], scratch,
                                  &made.name, error);
        if (status == STATUS_OK)
                status = fold(examination, duplicate_fold_street, attribute(examination, PLAIN_STREET, customer),
                              scratch, &made.street, error);
        if (status == STATUS_OK)
                status = fold(examination, duplicate_fold_email, attribute(examination, PLAIN_EMAIL, customer), scratch,
                              &made.email, error);
        for (size_t a = examination->vat_first; a < examination->vat_end && status == STATUS_OK; a++)
                if (!made.vat.length)
                        status = fold(examination, duplicate_fold_vat, attribute(examination, a, customer), scratch,
                                      &made.vat, error);
        *ret = made;
        return status;
}

enum status doctor_duplicates(struct examination *examination, struct error *error)
{
        struct duplicate_candidate *candidates = arena_array(examination->arena, struct duplicate_candidate,
                                                             examination->report->customers + 1);
        struct text *sites;
        size_t site_count, count = 0;
        struct duplicates found;
        struct buffer scratch buffer_cleanup;
        buffer_init(&scratch, SIZE_MAX / 2);
        if (!candidates)
                return error_memory(error);
        enum status status = load_sites(examination, &sites, &site_count, error);
        for (size_t i = 0; i < examination->report->customers && status == STATUS_OK; i++) {
                if (is_merged(examination, i))
                        continue;
                status = make_candidate(examination, i, &scratch, &candidates[count], error);
                struct text own = examination->report->numbers[i].number;
                if (status == STATUS_OK && !candidates[count].site.length && site_count &&
                    bsearch(&own, sites, site_count, sizeof(*sites), compare_texts))
                        candidates[count].site = own;
                count++;
        }
        if (status == STATUS_OK)
                status = duplicates_find(candidates, count, examination->arena, &found, error);
        if (status != STATUS_OK)
                return status;
        struct doctor_finding *finding = doctor_add(examination, DOCTOR_DUPLICATES, DOCTOR_WARNING, found.customers,
                                                    count);
        for (size_t i = 0; finding && i < found.pair_count && i < SURVEY_EXAMPLES; i++) {
                struct doctor_example *example = doctor_example(finding);
                example->customer = (int64_t)found.pairs[i].first;
                example->other = (int64_t)found.pairs[i].second;
                example->reasons = found.pairs[i].reasons;
        }
        if (finding)
                finding->groups = found.groups;
        return STATUS_OK;
}
