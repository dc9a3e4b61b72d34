/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_view_figures.c: what a customer buys: by month over three years, by product group, of what there is to be
 * bought.
 */
#include <stdlib.h>

#include "access/visibility.h"
#include "base/checked.h"
#include "program/dossier_view_parts.h"

enum { YEARS = 3, MONTHS = 12, MILLION = 1000000, NAME_BYTES = 16 };

/* ---- months ------------------------------------------------------------------------------------------------------ */

struct months {
        int first_year;
        int64_t sums[YEARS][MONTHS];
        bool fits;
};

static void add_documents(struct months *months, const struct engine_input *input, int32_t to_day)
{
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                for (uint32_t d = segment->customer_document[0]; d < segment->customer_document[1]; d++) {
                        struct date date = date_from_day(segment->document_day[d]);
                        int year = date.year - months->first_year;
                        if (segment->document_day[d] > to_day || year < 0 || year >= YEARS)
                                continue;
                        int64_t *sum = &months->sums[year][date.month - 1];
                        months->fits &= add_i64(*sum, segment->document_total[d], sum);
                }
        }
}

static void put_years(const struct months *months, struct model *model)
{
        struct value *map = put_map(model, NULL, "months");
        put_ordinal(model, map, "first_year", months->first_year);
        struct value *years = put_list(model, map, "years");
        for (int y = 0; y < YEARS; y++) {
                struct value *year = add_map(model, years);
                put_ordinal(model, year, "year", months->first_year + y);
                struct value *list = put_list(model, year, "months");
                int128 total = 0;
                for (int m = 0; m < MONTHS; m++) {
                        add_money(model, list, months->sums[y][m]);
                        total += months->sums[y][m];
                }
                put_money(model, year, "total", (int64_t)total);
        }
}

static void put_year_name(struct model *model, struct value *map, const char *name, int year)
{
        char text[NAME_BYTES];
        snprintf(text, sizeof(text), "%d", year);
        put_string(model, map, name, text);
}

/* Months still to come have no bar. */
static void put_months_chart(const struct months *months, struct model *model, int32_t day)
{
        struct date today = date_from_day(day);
        struct value *chart = put_map(model, NULL, "months_chart");
        put_word(model, chart, "title", "customer.months");
        put_day(model, put_sentence(model, chart, "note", "customer.months_note"), "day", day);
        put_year_name(model, chart, "now_name", months->first_year + 2);
        put_year_name(model, chart, "before_name", months->first_year + 1);
        put_year_name(model, chart, "earlier_name", months->first_year);
        struct value *list = put_list(model, chart, "months");
        for (unsigned m = 0; m < MONTHS; m++) {
                struct value *map = add_map(model, list);
                put_day(model, map, "month", day_from_date((struct date){today.year, m + 1, 1}));
                if (m < today.month)
                        put_money(model, map, "now", months->sums[2][m]);
                else
                        put_none(model, map, "now");
                put_money(model, map, "before", months->sums[1][m]);
                put_money(model, map, "earlier", months->sums[0][m]);
        }
}

/* Who never bought has no picture of it. */
static bool has_any(const struct months *months)
{
        bool any = false;
        for (int y = 0; y < YEARS; y++)
                for (int m = 0; m < MONTHS; m++)
                        any |= months->sums[y][m] != 0;
        return any;
}

enum status dossier_put_months(struct dossier_page *page, struct error *error)
{
        int32_t day = page->reader->view->facts->day;
        struct months months = {.first_year = date_from_day(day).year - YEARS + 1, .fits = true};
        if (!page->has_purchases) {
                put_none(page->model, NULL, "months");
                put_none(page->model, NULL, "months_chart");
                return STATUS_OK;
        }
        add_documents(&months, &page->purchases, day);
        if (!months.fits)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        put_years(&months, page->model);
        if (has_any(&months))
                put_months_chart(&months, page->model, day);
        else
                put_none(page->model, NULL, "months_chart");
        return STATUS_OK;
}

/* ---- product groups ---------------------------------------------------------------------------------------------- */

struct bought {
        int64_t revenue, before;
        int32_t last_day;
        uint32_t group;
};

struct groups {
        struct bought *items;        /* by product group; the last one: articles without group */
        size_t count;
        int32_t day, year_ago, two_years_ago;
        bool fits;
};

static void add_line(struct groups *groups, size_t group, int32_t day, int64_t amount)
{
        struct bought *bought = &groups->items[group];
        int64_t *sum = day > groups->year_ago ? &bought->revenue : &bought->before;
        groups->fits &= add_i64(*sum, amount, sum);
        if (amount > 0 && day > bought->last_day)
                bought->last_day = day;
}

static void add_lines(struct groups *groups, const struct engine_input *input)
{
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                for (uint32_t d = segment->customer_document[0]; d < segment->customer_document[1]; d++) {
                        int32_t day = segment->document_day[d];
                        if (day > groups->day || day <= groups->two_years_ago)
                                continue;
                        for (uint32_t l = segment->document_line[d]; l < segment->document_line[d + 1]; l++) {
                                uint32_t article = segment->line_article[l], group = GROUP_NONE;
                                if (article < input->article_count)
                                        group = input->article_group[article];
                                add_line(groups, group < input->group_count ? group : input->group_count, day,
                                         segment->line_amount[l]);
                        }
                }
        }
}

static int most_revenue_first(const void *a, const void *b)
{
        const struct bought *x = a, *y = b;
        if (x->revenue != y->revenue)
                return x->revenue > y->revenue ? -1 : 1;
        return (x->group > y->group) - (x->group < y->group);
}

static void put_group_rows(struct dossier_page *page, const struct groups *groups)
{
        struct model *model = page->model;
        struct value *rows = put_list(model, put_map(model, NULL, "groups"), "rows");
        for (size_t g = 0; g < groups->count; g++) {
                const struct bought *bought = &groups->items[g];
                if (bought->last_day == DAY_NONE && !bought->revenue && !bought->before)
                        continue;
                struct value *map = add_map(model, rows);
                if (bought->group < page->purchases.group_count)
                        put_text(model, map, "name", directory_group_name(page->reader->view->facts, bought->group));
                else
                        put_word(model, map, "name", "customer.no_group");
                put_money(model, map, "revenue", bought->revenue);
                put_money(model, map, "before", bought->before);
                put_day(model, map, "day", bought->last_day);
        }
}

enum status dossier_put_groups(struct dossier_page *page, struct error *error)
{
        int32_t day = page->reader->view->facts->day;
        size_t count = page->purchases.group_count + 1;
        struct groups groups = {.items = arena_array(page->model->arena, struct bought, count), .count = count,
                                .day = day, .year_ago = day_add_months(day, -12),
                                .two_years_ago = day_add_months(day, -24), .fits = true};
        if (!groups.items)
                return error_memory(error);
        if (!page->has_purchases || page->about.last_order_day == DAY_NONE) {
                put_none(page->model, NULL, "groups");
                return STATUS_OK;
        }
        for (size_t g = 0; g < count; g++)
                groups.items[g] = (struct bought){.last_day = DAY_NONE, .group = (uint32_t)g};
        add_lines(&groups, &page->purchases);
        if (!groups.fits)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        qsort(groups.items, count, sizeof(*groups.items), most_revenue_first);
        put_group_rows(page, &groups);
        return STATUS_OK;
}

/* ---- share of wallet --------------------------------------------------------------------------------------------- */

enum { WALLET_NAME, WALLET_REVENUE, WALLET_AMOUNT, WALLET_SHARE, WALLET_METHOD, WALLET_DAY };
enum { POTENTIAL_NAME, POTENTIAL_DAY, POTENTIAL_AMOUNT, POTENTIAL_SUPPLIER, POTENTIAL_SHARE, POTENTIAL_SOURCE };

/* A product group by its name; of the total its word. */
static void put_group(const struct dossier_page *page, struct value *map, const struct dossier_cell *cell)
{
        if (cell->type == DOSSIER_TEXT)
                put_text(page->model, map, "name", directory_product_group(page->reader->view, cell->text));
        else
                put_cell(page->model, map, "name", cell);
}

/* What competitors hold of a product group together, in millionths. */
static int64_t competitors_of(const struct dossier_section *potentials, const struct dossier_cell *name)
{
        int64_t sum = 0;
        for (size_t r = 0; r < potentials->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(potentials, r);
                if (cells[POTENTIAL_SUPPLIER].type == DOSSIER_TEXT &&
                    text_equal(cells[POTENTIAL_NAME].text, name->text))
                        sum += cells[POTENTIAL_SHARE].number;
        }
        return sum;
}

static void put_share(struct dossier_page *page, struct value *shares, const struct dossier_cell *cells)
{
        struct model *model = page->model;
        struct value *map = add_map(model, shares);
        int64_t own = cells[WALLET_SHARE].number, competitors = 0;
        put_group(page, map, &cells[WALLET_NAME]);
        put_money(model, map, "revenue", cells[WALLET_REVENUE].number);
        put_money(model, map, "potential", cells[WALLET_AMOUNT].number);
        put_yes_no(model, map, "estimated", text_is(cells[WALLET_METHOD].text, "dossier.estimated"));
        put_cell(model, map, "day", &cells[WALLET_DAY]);
        put_ratio(model, map, "own", own, MILLION);
        if (may_see(page->reader->subject->role, DETAIL_COMPETITOR_SHARE))
                competitors = competitors_of(&page->dossier.sections[DOSSIER_POTENTIALS], &cells[WALLET_NAME]);
        put_ratio(model, map, "competitors", competitors, MILLION);
        put_ratio(model, map, "to_competitor", own + competitors < MILLION ? own + competitors : MILLION, MILLION);
}

static void put_competitor_names(struct dossier_page *page, struct value *wallet)
{
        const struct dossier_section *potentials = &page->dossier.sections[DOSSIER_POTENTIALS];
        struct value *names = put_list(page->model, wallet, "competitors");
        bool any = false;
        for (size_t r = 0; r < potentials->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(potentials, r);
                bool known = cells[POTENTIAL_SUPPLIER].type != DOSSIER_TEXT;
                for (size_t before = 0; before < r && !known; before++)
                        known = dossier_cells(potentials, before)[POTENTIAL_SUPPLIER].type == DOSSIER_TEXT &&
                                text_equal(dossier_cells(potentials, before)[POTENTIAL_SUPPLIER].text,
                                           cells[POTENTIAL_SUPPLIER].text);
                if (!known)
                        add_text(page->model, names, cells[POTENTIAL_SUPPLIER].text);
                any |= !known;
        }
        put_yes_no(page->model, wallet, "competitors_known", any);
}

void dossier_put_wallet(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_WALLET];
        struct model *model = page->model;
        if (!section->row_count || !may_see(page->reader->subject->role, DETAIL_POTENTIAL)) {
                put_none(model, NULL, "wallet");
                return;
        }
        struct value *wallet = put_map(model, NULL, "wallet"), *shares = put_list(model, wallet, "shares");
        for (size_t r = 0; r < section->row_count; r++)
                put_share(page, shares, dossier_cells(section, r));
        put_cell(model, wallet, "day", &dossier_cells(section, 0)[WALLET_DAY]);
        put_yes_no(model, wallet, "estimated",
                   text_is(dossier_cells(section, 0)[WALLET_METHOD].text, "dossier.estimated"));
        if (may_see(page->reader->subject->role, DETAIL_COMPETITOR_SHARE))
                put_competitor_names(page, wallet);
}

/* Revenue of 12 months in a product group, where its share is known. */
static const struct dossier_cell *wallet_of(const struct dossier_section *wallets, const struct dossier_cell *name)
{
        for (size_t r = 0; r < wallets->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(wallets, r);
                bool total = cells[WALLET_NAME].type == DOSSIER_WORD && name->type == DOSSIER_BLANK;
                if (total || (cells[WALLET_NAME].type == DOSSIER_TEXT && name->type == DOSSIER_TEXT &&
                              text_equal(cells[WALLET_NAME].text, name->text)))
                        return cells;
        }
        return NULL;
}

static void put_potential(struct dossier_page *page, struct value *rows, const struct dossier_cell *cells)
{
        struct model *model = page->model;
        const struct dossier_cell *wallet = wallet_of(&page->dossier.sections[DOSSIER_WALLET],
                                                      &cells[POTENTIAL_NAME]);
        struct value *map = add_map(model, rows);
        if (cells[POTENTIAL_NAME].type == DOSSIER_BLANK)
                put_word(model, map, "name", "dossier.total");
        else
                put_group(page, map, &cells[POTENTIAL_NAME]);
        put_cell(model, map, "amount", &cells[POTENTIAL_AMOUNT]);
        int64_t open = wallet ? cells[POTENTIAL_AMOUNT].number - wallet[WALLET_REVENUE].number : 0;
        if (wallet)
                put_money(model, map, "open", open > 0 ? open : 0);
        else
                put_none(model, map, "open");
        put_yes_no(model, map, "estimated", wallet && text_is(wallet[WALLET_METHOD].text, "dossier.estimated"));
        put_code(model, map, "source", page->reader->language, NULL, cells[POTENTIAL_SOURCE].text);
        put_cell(model, map, "day", &cells[POTENTIAL_DAY]);
}

void dossier_put_potentials(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_POTENTIALS];
        if (!section->row_count || !may_see(page->reader->subject->role, DETAIL_POTENTIAL)) {
                put_none(page->model, NULL, "potentials");
                return;
        }
        struct value *card = put_map(page->model, NULL, "potentials");
        dossier_put_path(page, card, PERMISSION_POTENTIAL_WRITE, "potentials");
        struct value *rows = put_list(page->model, card, "rows");
        for (size_t r = 0; r < section->row_count; r++)
                if (dossier_cells(section, r)[POTENTIAL_AMOUNT].type == DOSSIER_MONEY)
                        put_potential(page, rows, dossier_cells(section, r));
}
