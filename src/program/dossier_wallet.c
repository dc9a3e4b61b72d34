/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_wallet.c: share of wallet by product group and in total. Revenue and the total are the metrics an evaluation
 * uses, measured for the day; potentials of product groups are read by customer.
 */
#include "program/dossier_parts.h"

#include <stdlib.h>

#include "base/bits.h"
#include "program/customer_input.h"
#include "program/joint.h"
#include "queries.h"

/* What a product group's estimates say together. The total: no code. */
struct wallet {
        struct text code;
        int64_t potential_minor;
        int32_t valid_from;          /* of the latest estimate */
        bool estimated;              /* one of them is no measurement */
};

struct wallets {
        struct wallet *items;
        size_t count, capacity;
        struct wallet total;
};

static struct wallet *wallet_of(struct wallets *wallets, struct dossier_loading *loading, struct text code)
{
        for (size_t i = 0; i < wallets->count; i++)
                if (text_equal(wallets->items[i].code, code))
                        return &wallets->items[i];
        if (wallets->count == wallets->capacity) {
                size_t capacity = wallets->capacity ? wallets->capacity * 2 : 16;
                struct wallet *grown = arena_array(loading->arena, struct wallet, capacity);
                if (!grown) {
                        loading->failed = true;
                        return NULL;
                }
                if (wallets->count)
                        memcpy(grown, wallets->items, wallets->count * sizeof(*grown));
                wallets->items = grown;
                wallets->capacity = capacity;
        }
        struct wallet *wallet = &wallets->items[wallets->count++];
        *wallet = (struct wallet){.code = dossier_text(loading, code).text, .valid_from = DAY_OPEN_START};
        return wallet;
}

static bool add_estimate(struct wallet *wallet, const struct q_dossier_potentials_row *row)
{
        wallet->estimated |= row->estimated;
        if (row->valid_from > wallet->valid_from)
                wallet->valid_from = row->valid_from;
        return !__builtin_add_overflow(wallet->potential_minor, row->amount_minor, &wallet->potential_minor);
}

/* The estimates of one customer, product group by product group, a total in front; competitors are further rows. */
static enum status add_customer(struct wallets *wallets, struct dossier_loading *loading, int64_t customer_id,
                                struct error *error)
{
        struct q_dossier_potentials_args args = {customer_id, loading->generation};
        rows_cleanup struct rows *rows = NULL;
        struct text last = {NULL, 0};
        bool has_total = false, fits = true;
        enum status status = q_dossier_potentials_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_potentials_row row;
                status = q_dossier_potentials_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (row.valid_from > loading->day || row.valid_to < loading->day ||
                    (last.data && text_equal(row.product_group, last)))
                        continue;
                last = dossier_text(loading, row.product_group).text;
                bool total = row.product_group.length == 0;
                has_total |= total;
                if (total || !has_total)
                        fits &= add_estimate(&wallets->total, &row);
                struct wallet *wallet = total ? NULL : wallet_of(wallets, loading, row.product_group);
                if (wallet)
                        fits &= add_estimate(wallet, &row);
        }
        if (!status && !fits)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        return dossier_done(loading, status, error);
}

static void put_wallet(struct dossier_loading *loading, const struct wallet *wallet, int64_t revenue_minor)
{
        struct dossier_cell *cells = dossier_row(loading, DOSSIER_WALLET);
        if (!cells)
                return;
        if (wallet->code.data)
                cells[0] = dossier_text(loading, wallet->code);
        else
                cells[0] = dossier_word("dossier.total");
        cells[1] = dossier_figure(DOSSIER_MONEY, revenue_minor);
        cells[2] = dossier_figure(DOSSIER_MONEY, wallet->potential_minor);
        if (wallet->potential_minor > 0) {
                bool capped = revenue_minor > wallet->potential_minor;
                __extension__ typedef __int128 wide;
                wide twice = (wide)revenue_minor * 2000000 / wallet->potential_minor;
                int64_t share = capped ? 1000000 : (int64_t)((twice + (twice < 0 ? -1 : 1)) / 2);
                cells[3] = dossier_figure(DOSSIER_SHARE, share);
                if (capped)
                        cells[6] = dossier_word("dossier.capped");
        }
        cells[4] = dossier_word(wallet->estimated ? "dossier.estimated" : "dossier.measured");
        cells[5] = dossier_day(wallet->valid_from);
}

static int by_code(const void *a, const void *b)
{
        const struct wallet *x = a, *y = b;
        return text_compare(x->code, y->code);
}

/* `alone`: the one customer's input; NULL: everybody is measured. */
static enum status measure(struct dossier_loading *loading, const struct wallets *wallets,
                           const struct engine_input *alone, struct joint *ret, struct error *error)
{
        const struct dossier_request *request = loading->request;
        struct criterion *metrics = arena_array(loading->arena, struct criterion, wallets->count + 1);
        struct concept *like = arena_array(loading->arena, struct concept, 1);
        if (!metrics || !like)
                return error_memory(error);
        *like = (struct concept){.minor_digits = request->minor_digits, .year_starts = {1, 1}};
        for (size_t i = 0; i <= wallets->count; i++)
                metrics[i] = (struct criterion){.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 12},
                                                .of = i ? wallets->items[i - 1].code : (struct text){NULL, 0}};
        struct joint_question question = {.like = like, .metrics = metrics, .metric_count = wallets->count + 1,
                                          .cutoff_day = loading->day};
        if (alone)
                return joint_measure_of(&question, alone, loading->arena, ret, error);
        return joint_measure(&question, request->snapshot, loading->connection, request->parallel, loading->arena, ret,
                             error);
}

static void put_wallets(struct dossier_loading *loading, const struct wallets *wallets, const struct joint *joint,
                        size_t customer)
{
        struct criterion wanted = {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 12}};
        for (size_t i = 0; i <= wallets->count; i++) {
                const struct wallet *wallet = i ? &wallets->items[i - 1] : &wallets->total;
                wanted.of = wallet->code;
                put_wallet(loading, wallet, joint_column(&joint->measures, &wanted)->value[customer]);
        }
}

/* Who belongs together: known, or told by a measurement of everybody. */
static enum status find_members(struct dossier_loading *loading, const uint32_t *self, const uint32_t **ret_members,
                                size_t *ret_count, struct error *error)
{
        const struct dossier_request *request = loading->request;
        const struct wallets none = {0};
        struct joint joint;
        *ret_count = 0;
        if (request->input) {
                if (request->exists)
                        *ret_count = customer_members(request->input->units, self, ret_members);
                return STATUS_OK;
        }
        enum status status = measure(loading, &none, NULL, &joint, error);
        if (!status && bits_get(joint.measures.exists, *self))
                *ret_count = customer_members(joint.input.units, self, ret_members);
        return status;
}

enum status dossier_load_wallet(struct dossier_loading *loading, struct error *error)
{
        const struct dossier_request *request = loading->request;
        struct wallets wallets = {.total = {.valid_from = DAY_OPEN_START}};
        int64_t found = snapshot_find_customer(request->snapshot, loading->customer_id);
        struct engine_input alone;
        struct joint joint;
        if (found < 0)
                return STATUS_OK;
        uint32_t self = (uint32_t)found;
        const uint32_t *members = NULL;
        size_t count = 0;
        enum status status = find_members(loading, &self, &members, &count, error);
        for (size_t m = 0; m < count && !status; m++)
                status = add_customer(&wallets, loading, snapshot_customer_ids(request->snapshot)[members[m]], error);
        if (status || !count || wallets.total.valid_from == DAY_OPEN_START)
                return status;
        if (wallets.count)
                qsort(wallets.items, wallets.count, sizeof(*wallets.items), by_code);
        if (request->input && !customer_input(request->input, members, count, loading->arena, &alone))
                return error_memory(error);
        status = measure(loading, &wallets, request->input ? &alone : NULL, &joint, error);
        if (!status)
                put_wallets(loading, &wallets, &joint, request->input ? 0 : self);
        return dossier_done(loading, status, error);
}
