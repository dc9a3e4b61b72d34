/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * reading.c: see reading.h.
 */
#include "web/reading.h"

#include "web/application.h"

enum status reading_begin(struct request *request, struct reading *ret, struct error *error)
{
        struct application *application = application_of(request);
        int32_t today = request_today(request), day = today;
        struct connection *connection;
        if (request_has(request, "day"))
                day = (int32_t)request_integer(request, "day");
        if (day > today)
                return error_set(error, STATUS_USAGE, "reading.future", NULL);
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = directory_view_of(application->directory, connection, day, &ret->view, error);
        return status ? status : reader_init(ret->view, connection, request_subject(request),
                                             request_text(request, "program"), today, request_arena(request),
                                             &ret->reader, error);
}

enum status reading_address(struct request *request, const struct reading *reading, const struct list_spec *spec,
                            struct list_address **ret, struct error *error)
{
        const struct list_reader list_reader = {reading->reader.language, directory_minor_digits(reading->view)};
        struct list_address *address = arena_array(request_arena(request), struct list_address, 1);
        if (!address)
                return error_memory(error);
        *ret = address;
        return list_address_parse_query(spec, &list_reader, request_query(request), request_arena(request), address,
                                        error);
}
