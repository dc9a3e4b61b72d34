/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * book_library.h: the functions of libxlsxwriter, loaded when a workbook is written: most commands write none. Private
 * to book.c, which calls the functions by their own names.
 */
#ifndef TREUE_RENDER_BOOK_LIBRARY_H
#define TREUE_RENDER_BOOK_LIBRARY_H

#include <xlsxwriter.h>

#include "base/status.h"

/* All that are used. */
#define BOOK_FUNCTIONS(F) \
        F(format_set_bold) F(format_set_num_format) F(lxw_strerror) F(lxw_workbook_free) F(workbook_add_format) \
        F(workbook_add_worksheet) F(workbook_close) F(workbook_new_opt) F(workbook_set_properties) \
        F(worksheet_autofilter) F(worksheet_freeze_panes) F(worksheet_ignore_errors) F(worksheet_set_column) \
        F(worksheet_write_boolean) F(worksheet_write_number) F(worksheet_write_string)

struct book_library {
#define BOOK_MEMBER(name) __typeof__(name) *name;
        BOOK_FUNCTIONS(BOOK_MEMBER)
#undef BOOK_MEMBER
};
extern struct book_library book_library;

/* Before any of them is called; again it does nothing. STATUS_SYSTEM "library.missing". */
must_check enum status book_library_load(struct error *error);

#define format_set_bold (*book_library.format_set_bold)
#define format_set_num_format (*book_library.format_set_num_format)
#define lxw_strerror (*book_library.lxw_strerror)
#define lxw_workbook_free (*book_library.lxw_workbook_free)
#define workbook_add_format (*book_library.workbook_add_format)
#define workbook_add_worksheet (*book_library.workbook_add_worksheet)
#define workbook_close (*book_library.workbook_close)
#define workbook_new_opt (*book_library.workbook_new_opt)
#define workbook_set_properties (*book_library.workbook_set_properties)
#define worksheet_autofilter (*book_library.worksheet_autofilter)
#define worksheet_freeze_panes (*book_library.worksheet_freeze_panes)
#define worksheet_ignore_errors (*book_library.worksheet_ignore_errors)
#define worksheet_set_column (*book_library.worksheet_set_column)
#define worksheet_write_boolean (*book_library.worksheet_write_boolean)
#define worksheet_write_number (*book_library.worksheet_write_number)
#define worksheet_write_string (*book_library.worksheet_write_string)

#endif
