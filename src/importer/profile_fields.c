/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * profile_fields.c: the columns each kind of import knows (concept-format, Import kinds and profiles).
 *
 * "amount" of purchases may be left out when quantity and unit_price are mapped, a responsibility needs "customer" or
 * "territory"; profile.c checks that.
 */
#include "importer/profile.h"

static const struct field_info customer_fields[] = {
        {"number", FIELD_TEXT, true},
        {"name", FIELD_TEXT, true},
        {"kind", FIELD_KIND, false},
        {"since", FIELD_DAY, false},
        {"joined", FIELD_DAY, false},
        {"trade", FIELD_TEXT, false},
        {"size_class", FIELD_TEXT, false},
        {"employees", FIELD_INTEGER, false},
        {"region", FIELD_TEXT, false},
        {"territory", FIELD_TEXT, false},
        {"street", FIELD_TEXT, false},
        {"postcode", FIELD_TEXT, false},
        {"city", FIELD_TEXT, false},
        {"country", FIELD_TEXT, false},
        {"email", FIELD_TEXT, false},
        {"phone", FIELD_TEXT, false},
        {"language", FIELD_TEXT, false},
        {"account_group", FIELD_TEXT, false},
        {"site_of", FIELD_TEXT, false},
        {"suspended_from", FIELD_DAY, false},
        {"suspended_to", FIELD_DAY, false},
        {"attribute:*", FIELD_TEXT, false},
        {"valid_from", FIELD_DAY, false},
};

static const struct field_info product_fields[] = {
        {"article", FIELD_TEXT, true},
        {"name", FIELD_TEXT, true},
        {"product_group", FIELD_TEXT, false},
        {"group_name", FIELD_TEXT, false},
        {"cost", FIELD_DECIMAL, false},
        {"valid_from", FIELD_DAY, false},
};

static const struct field_info purchase_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"document", FIELD_TEXT, true},
        {"date", FIELD_DAY, true},
        {"article", FIELD_TEXT, true},
        {"amount", FIELD_MONEY, false},
        {"quantity", FIELD_QUANTITY, false},
        {"unit_price", FIELD_DECIMAL, false},
        {"cost", FIELD_MONEY, false},
        {"product_group", FIELD_TEXT, false},
        {"description", FIELD_TEXT, false},
        {"digital", FIELD_YES_NO, false},
};

static const struct field_info potential_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"amount", FIELD_MONEY, true},
        {"valid_from", FIELD_DAY, true},
        {"product_group", FIELD_TEXT, false},
        {"valid_to", FIELD_DAY, false},
        {"method", FIELD_METHOD, false},
        {"note", FIELD_TEXT, false},
        {"own", FIELD_SHARE, false},
        {"competitor:*", FIELD_SHARE, false},
};

static const struct field_info value_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"name", FIELD_TEXT, true},
        {"amount", FIELD_DECIMAL, true},
        {"valid_from", FIELD_DAY, true},
        {"valid_to", FIELD_DAY, false},
};

static const struct field_info contact_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"name", FIELD_TEXT, true},
        {"person", FIELD_TEXT, false},
        {"email", FIELD_EMAIL, false},
        {"phone", FIELD_TEXT, false},
        {"role", FIELD_TEXT, false},
        {"level", FIELD_TEXT, false},
        {"language", FIELD_TEXT, false},
        {"valid_from", FIELD_DAY, false},
};

static const struct field_info certificate_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"person", FIELD_TEXT, true},
        {"qualification", FIELD_TEXT, true},
        {"valid_from", FIELD_DAY, true},
        {"valid_to", FIELD_DAY, false},
        {"evidence", FIELD_TEXT, false},
};

static const struct field_info activity_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"kind", FIELD_TEXT, true},
        {"date", FIELD_DAY, true},
        {"value", FIELD_TEXT, false},
        {"note", FIELD_TEXT, false},
        {"status", FIELD_STATUS, false},
};

static const struct field_info visit_fields[] = {
        {"customer", FIELD_TEXT, true},
        {"date", FIELD_DAY, true},
        {"rep", FIELD_TEXT, false},
        {"kind", FIELD_TEXT, false},
        {"note", FIELD_TEXT, false},
        {"number", FIELD_INTEGER, false},
        {"status", FIELD_STATUS, false},
        {"met", FIELD_TEXT, false},
        {"topics", FIELD_TEXT, false},
        {"next_step", FIELD_TEXT, false},
};

static const struct field_info responsibility_fields[] = {
        {"customer", FIELD_TEXT, false},
        {"territory", FIELD_TEXT, false},
        {"responsible", FIELD_TEXT, true},
        {"role", FIELD_ROLE, false},
        {"valid_from", FIELD_DAY, true},
        {"valid_to", FIELD_DAY, false},
};

static const struct field_info consent_fields[] = {
        {"person", FIELD_TEXT, true},
        {"channel", FIELD_CHANNEL, true},
        {"kind", FIELD_CONSENT, true},
        {"time", FIELD_MOMENT, true},
        {"origin", FIELD_TEXT, true},
        {"customer", FIELD_TEXT, false},
        {"text", FIELD_TEXT, false},
        {"language", FIELD_TEXT, false},
        {"basis", FIELD_BASIS, false},
        {"address_from_sale", FIELD_YES_NO, false},
        {"similar_goods", FIELD_YES_NO, false},
        {"notice_given", FIELD_YES_NO, false},
        {"no_objection", FIELD_YES_NO, false},
        {"double_opt_in", FIELD_YES_NO, false},
        {"confirmed", FIELD_MOMENT, false},
};

#define FIELDS(table) table, sizeof(table) / sizeof((table)[0])

const struct kind_info kind_infos[IMPORT_KIND_COUNT] = {
        [IMPORT_CUSTOMERS] = {"customers", FIELDS(customer_fields), false, false},
        [IMPORT_PRODUCTS] = {"products", FIELDS(product_fields), false, false},
        [IMPORT_PURCHASES] = {"purchases", FIELDS(purchase_fields), true, true},
        [IMPORT_POTENTIALS] = {"potentials", FIELDS(potential_fields), true, false},
        [IMPORT_VALUES] = {"values", FIELDS(value_fields), true, false},
        [IMPORT_CONTACTS] = {"contacts", FIELDS(contact_fields), true, false},
        [IMPORT_CERTIFICATES] = {"certificates", FIELDS(certificate_fields), true, false},
        [IMPORT_ACTIVITIES] = {"activities", FIELDS(activity_fields), true, false},
        [IMPORT_VISITS] = {"visits", FIELDS(visit_fields), true, false},
        [IMPORT_RESPONSIBILITIES] = {"responsibilities", FIELDS(responsibility_fields), true, false},
        [IMPORT_CONSENTS] = {"consents", FIELDS(consent_fields), false, false},
};
