/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customers.c: lists of customers (program/customers_view.h), and one customer (program/dossier_view.h).
 */
#include "program/customers_view.h"
#include "program/dossier_view.h"
#include "web/reading.h"
#include "web/resources.h"
#include "web/saved_views.h"

static enum status list(struct request *request, const struct list_spec *spec, struct model *model,
                        struct error *error)
{
        struct reading reading reading_cleanup = {0};
        struct list_address *address;
        enum status status = reading_begin(request, &reading, error);
        if (status == STATUS_OK)
                status = reading_address(request, &reading, spec, &address, error);
        if (status == STATUS_OK)
                status = customers_model(&reading.reader, spec, address, request_wants_file(request), model, error);
        if (status != STATUS_OK || request_wants_file(request))
                return status;
        const struct list_reader reader = {reading.reader.language, directory_minor_digits(reading.view)};
        return saved_views_put(request, spec, &reader, address, model, error);
}

/* What stands where there is nobody yet. */
static void put_empty(struct model *model, const char *title, const char *text)
{
        struct value *empty = put_page_map(model, NULL, "empty");
        put_word(model, empty, "title", title);
        put_word(model, empty, "text", text);
}

static enum status customers(struct request *request, struct model *model, struct error *error)
{
        enum status status = list(request, &customers_spec, model, error);
        if (!status && !request_wants_file(request))
                put_empty(model, "list.customers.empty", "list.customers.empty_text");
        return status;
}

static enum status prospects(struct request *request, struct model *model, struct error *error)
{
        enum status status = list(request, &prospects_spec, model, error);
        if (!status && !request_wants_file(request))
                put_empty(model, "list.prospects.empty", "list.prospects.empty_text");
        return status;
}

/* One customer: the dossier. */
static enum status customer(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        int64_t id;
        if (!request_segment_id(request, "customer", &id))
                return error_set(error, STATUS_NOT_FOUND, "customer.unknown", NULL);
        enum status status = reading_begin(request, &reading, error);
        return status ? status : dossier_model(&reading.reader, id, model, error);
}

static const struct field customer_fields[] = {READING_FIELDS, {0}};
static const struct field list_fields[] = {READING_FIELDS, LIST_FIELDS, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/customers", PERMISSION_CUSTOMER_READ, list_fields, "customers", customers, ROUTE_LIST,
         "route.customers"},
        {METHOD_GET, "/customers/{customer}", PERMISSION_CUSTOMER_READ, customer_fields, "customer", customer,
         ROUTE_HIDES, "route.customer"},
        {METHOD_GET, "/prospects", PERMISSION_CUSTOMER_READ, list_fields, "prospects", prospects, ROUTE_LIST,
         "route.prospects"},
};
const struct resource resource_customers = {"customers", routes, sizeof(routes) / sizeof(routes[0])};
