/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * route.h: a resource is a table of routes; a route is one row: method, path, permission, input, output, handler.
 *
 * A request goes through its row in this order: path (404), method (405), limits, session, permission (403, or 404
 * where knowing that something exists is already too much; without a session: sign in and come back), CSRF, body and
 * fields (422 naming the field), handler. The handler fills a model and never writes bytes; the representation is
 * chosen afterwards: a page by the row's template, JSON under /api/v1, and for lists .csv and .xlsx.
 *
 * The tables are also what the API description and the test of rights are checked against, both ways.
 */
#ifndef TREUE_HTTP_ROUTE_H
#define TREUE_HTTP_ROUTE_H

#include "access/permission.h"
#include "http/request.h"
#include "render/value.h"

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };

enum field_kind {
        FIELD_TEXT,       /* UTF-8 without control characters; `max` in characters */
        FIELD_LONG_TEXT,  /* with line breaks */
        FIELD_SECRET,     /* never shown again, never logged */
        FIELD_EMAIL,
        FIELD_ID,         /* an id or the name a thing goes by in addresses */
        FIELD_COUNT_OF,   /* a non-negative integer up to `max` */
        FIELD_MONEY,      /* in the reader's format or as decimal text */
        FIELD_PERCENT,
        FIELD_DAY,        /* in the reader's format or ISO */
        FIELD_CHOICE,     /* one of `choices` */
        FIELD_YES_NO,
        FIELD_FILE,       /* streamed to a spool; `max` in bytes */
};

struct field {
        const char *name;      /* in forms, in the query and in JSON */
        enum field_kind kind;
        bool required;
        bool repeated;         /* may be given several times; any other field given twice is 400 */
        int64_t max;           /* see kinds; 0: the kind's default */
        const char *const *choices; /* ended by NULL */
        const char *label;     /* catalogue key of what people call it; "field.NAME" when NULL */
};

enum {
        ROUTE_LIST = 1 << 0,      /* the model has "rows": also .csv and .xlsx */
        ROUTE_PAGE_ONLY = 1 << 1, /* nothing the API has a use for: the sign-in form */
        ROUTE_API_ONLY = 1 << 2,
        ROUTE_HIDES = 1 << 3,     /* forbidden looks like not found */
        ROUTE_STREAM = 1 << 4,    /* server-sent events */
        ROUTE_NO_CSRF = 1 << 5,   /* sign-in and mail links, which have their own proof */
};

typedef enum status (*route_handler)(struct request *request, struct model *model, struct error *error);

struct route {
        enum method method;
        const char *path;          /* "/customers/{customer}"; a segment in braces is any one segment */
        enum permission permission; /* PERMISSION_PUBLIC is written, too */
        const struct field *fields; /* ended by a field without name; NULL: takes nothing */
        const char *template;      /* name under ui/templates, without ending; NULL: redirects or has no page */
        route_handler handler;
        unsigned flags;
        const char *summary;       /* catalogue key: one line for the API description */
};

struct resource {
        const char *name;
        const struct route *routes;
        size_t count;
};

#endif
