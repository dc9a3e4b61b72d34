/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * doctor.h: the data doctor: what in the visible data is wrong, contradictory or missing, so that it is mended before
 * customers are judged by it. Each finding has a count, of how many, and examples. Nothing is changed.
 *
 * What counts as far apart is said in facts/survey.h, who as a duplicate in value/duplicates.h. Potentials are compared
 * with the revenue of the twelve months up to the last document. Merged customers are not looked at as duplicates.
 */
#ifndef TREUE_PROGRAM_DOCTOR_H
#define TREUE_PROGRAM_DOCTOR_H

#include "facts/survey.h"
#include "value/duplicates.h"

/* In the order they are shown: what falsifies results first, then what misleads, then what one should know. */
enum doctor_kind {
        DOCTOR_FUTURE,              /* documents dated after today */
        DOCTOR_ANCIENT,             /* documents from before 1990 */
        DOCTOR_PRICES,              /* lines whose unit price is a hundred or thousand times that of the article */
        DOCTOR_CURRENCIES,          /* customers with another currency than the company's */
        DOCTOR_DUPLICATES,          /* customers who are probably the same */
        DOCTOR_NEGATIVE_CUSTOMERS,  /* customers whose revenue of all times is negative */
        DOCTOR_MONTHS,              /* months without a document between the first and the last */
        DOCTOR_DOCUMENTS,           /* documents with totals far above the others */
        DOCTOR_QUANTITIES,          /* lines with quantities far above those of the article */
        DOCTOR_TWO_GROUPS,          /* articles named with two product groups */
        DOCTOR_NO_GROUP,            /* sold articles without product group */
        DOCTOR_NO_COST,             /* lines without cost, their share by value */
        DOCTOR_POTENTIALS,          /* potentials below the revenue of a year */
        DOCTOR_NEGATIVE_DOCUMENTS,  /* credit notes */
        DOCTOR_NO_CONTACT,          /* customers with neither e-mail nor phone nor contact person */
        DOCTOR_PROSPECTS,           /* prospects who bought */
        DOCTOR_NO_DOCUMENTS,        /* customers without any document */
        DOCTOR_KINDS
};
extern const char *const doctor_kind_names[DOCTOR_KINDS]; /* "future_dates", ... : also part of catalogue keys */

enum doctor_severity { DOCTOR_SERIOUS, DOCTOR_WARNING, DOCTOR_NOTE };
extern const char *const doctor_severity_names[3]; /* "serious", "warning", "note" */

enum { DOCTOR_CUSTOMER_NONE = -1 };

/* What is known of an example; which fields say something depends on the kind. */
struct doctor_example {
        int64_t customer, other;   /* dense numbers; DOCTOR_CUSTOMER_NONE */
        struct text document, article, first, second; /* none: unknown */
        int32_t day;
        int64_t amount_minor, other_minor, quantity_milli;
        unsigned reasons;          /* ALIKE_ bits */
};

struct doctor_finding {
        enum doctor_kind kind;
        enum doctor_severity severity;
        int64_t count, whole;      /* so many of so many */
        int64_t share_part, share_whole; /* as count and whole, for DOCTOR_NO_COST in minor units */
        size_t groups;             /* DOCTOR_DUPLICATES: so many groups of the same ones */
        size_t example_count;
        struct doctor_example examples[SURVEY_EXAMPLES];
};

struct doctor_report {
        struct survey survey;
        size_t customers;          /* visible ones */
        const struct customer_number *numbers;
        const struct text *names;  /* by customer; none: nobody gave one */
        size_t finding_count;
        struct doctor_finding findings[DOCTOR_KINDS];
};

/* Looks through what the snapshot shows. `today`: later dates are wrong. Lives in the arena and borrows from the
 * snapshot. */
must_check enum status doctor_examine(struct snapshot *snapshot, struct connection *connection, int32_t today,
                                      struct arena *arena, struct doctor_report *ret, struct error *error);

#endif
