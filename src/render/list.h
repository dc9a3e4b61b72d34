/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * list.h: a list as a resource: the model's "rows" with columns that know their kind, in every form.
 *
 * The handler fills "rows" (a list of maps, each from list_row; the entries of all columns, whichever are shown), where
 * columns have sums a map "sums", and calls list_put. Programs get rows, sums, "total" and "next" (the key of the next
 * page). Before a page is rendered, list_add_controls adds what only pages have, under "list":
 *
 *   title             the list's title
 *   columns           name, title, numeric, sort_path (none where it does not sort), sorted ("ascending", "descending",
 *                     none), sum (text; none)
 *   has_sums          yes when a shown column has a sum
 *   search            the search words; none
 *   filters           column, words ("Segment: A"), path (of the list without it), field (as behind "filter=")
 *   clear_path        the list without filters and search words; none when there are none
 *   csv_path, xlsx_path    what is shown, as files
 *   next_path, first_path  none on the last and the first page
 *   choice            all columns: name, title, chosen
 *   filterable        columns that may be filtered: name, title, is_range, is_yes_no, is_day
 *   quick             columns with few words to filter by: name, title, options: words, on (yes or no), path (of the
 *                     list with or without this filter). The words are those of the column (codes), both of yes and no,
 *                     or what the model has under "choices" and the column's name: a list of texts, or of maps with
 *                     code and name
 *   fields            name, value, is_columns: hidden fields that keep all but the page in a form of the list; without
 *                     search words
 *   count             rows on this page
 *
 * and to each row "cells": text (as people read it), column (its name), title (of the column, the brief one), code (the
 * word of a code), path (none), numeric, unknown, brief (it stays on a phone: COLUMN_BRIEF, what the list is sorted by,
 * and what somebody chose besides COLUMN_SHOWN; the columns have it, too), and under the name of each column's part
 * whether the cell is of one with it. CSV and workbooks hold exactly the columns shown, in their order, as sheet.h
 * writes lists.
 */
#ifndef TREUE_RENDER_LIST_H
#define TREUE_RENDER_LIST_H

#include "render/list_address.h"
#include "render/print.h"
#include "render/value.h"

struct list_view {
        const struct list_spec *spec;
        const struct list_address *address;
        int64_t total;           /* rows on all pages; below 0: not counted */
        struct text next_after;  /* key of the last row, when others follow; {NULL, 0}: this is the last page */
};

/* The next row. Where rows go into a file it gets the row before, whose memory is used again: so a file of any number
 * of rows takes the memory of one, and between two rows nothing else may be put into the model. */
struct value *list_row(struct model *model, struct value *rows, const struct list_spec *spec,
                       const struct list_address *address);
/* After the rows. What `view` points to must live as long as the model; `view` itself is copied. */
void list_put(struct model *model, const struct list_view *view);
/* Before a page is rendered; nothing for a model without list. */
void list_add_controls(struct model *model, const struct print_style *style);

/* Rows from now on go into a file, for list_csv (`path` NULL) or list_xlsx. `style` is borrowed; for whoever calls the
 * handler, before it. NULL: without memory. */
struct list_file *list_file_new(struct model *model, const struct print_style *style, const char *path,
                                size_t bytes_max);
void list_file_free(struct list_file *file); /* accepts NULL */

/* Titles are the columns' names, numbers as spreadsheets of the reader's language want them (sheet.h: csv_mark,
 * csv_local). */
must_check enum status list_csv(struct model *model, const struct print_style *style, struct buffer *out,
                                struct error *error);
/* A workbook at `path`. */
must_check enum status list_xlsx(struct model *model, const struct print_style *style, const char *path,
                                 struct error *error);

#endif
