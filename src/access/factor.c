/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * factor.c: the settings by which roles demand a second factor.
 */
#include "access/factor.h"

#include <stdio.h>

#include "db/setting.h"

void factor_setting(enum role role, char ret[FACTOR_SETTING_BYTES_MAX])
{
        snprintf(ret, FACTOR_SETTING_BYTES_MAX, FACTOR_SETTING "%s", role_names[role]);
}

enum status factor_is_demanded(struct connection *connection, enum role role, bool *ret, struct error *error)
{
        char name[FACTOR_SETTING_BYTES_MAX];
        struct text value = {"", 0};
        factor_setting(role, name);
        enum status status = setting_get(connection, name, &value, error);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
                return status;
        *ret = status == STATUS_OK && text_is(value, FACTOR_DEMANDED);
        return STATUS_OK;
}
