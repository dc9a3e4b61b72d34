/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_sign_in_threads.c: many guesses at the same moment are counted like guesses one after the other, and a link that
 * several use at once is good for one of them.
 */
#include "database_fixture.h"

#include "access/accounts.h"
#include "access/attempts.h"
#include "access/links.h"
#include "access/sign_in.h"
#include "platform/clock.h"
#include "platform/thread.h"

#define NOW_MS INT64_C(1767323045000) /* 2026-01-02 */
enum { GUESSES = 16 };

static struct fixture *fixture;
static const char *const good = "grünes sofa am teich";

struct guess {
        struct text token;      /* of a link; none: by password */
        enum sign_in_outcome outcome;
        enum status status;
        unsigned place;
};

static void run_guess(void *context)
{
        struct guess *guess = context;
        struct connection *connection;
        struct signed_in result = {.outcome = SIGN_IN_WRONG};
        struct error error;
        char address[16];
        snprintf(address, sizeof(address), "192.0.2.%u", guess->place);
        struct visitor visitor = {text_of(address), text_of("Firefox"), {NULL, 0}, NOW_MS};
        guess->status = db_connect(fixture->database, &connection, &error);
        if (guess->status)
                return;
        guess->status = guess->token.data
                                ? link_choose_password(fixture->database, connection, guess->token, text_of(good), NULL,
                                                       0, &visitor, &result, &error)
                                : sign_in(fixture->database, connection, text_of("anna"), text_of("wrong guess"),
                                          &visitor, &result, &error);
        guess->outcome = result.outcome;
        db_disconnect(connection);
}

static void run_all(struct guess guesses[GUESSES], struct text token)
{
        struct thread *threads[GUESSES];
        struct error error;
        for (unsigned i = 0; i < GUESSES; i++) {
                guesses[i] = (struct guess){.token = token, .place = i};
                assert_ok(thread_start(run_guess, &guesses[i], &threads[i], &error));
        }
        for (unsigned i = 0; i < GUESSES; i++)
                thread_join(threads[i]);
}

static struct secret add(void)
{
        struct account_new asked = {text_of("anna"), text_of("Anna"), {"", 0}, ROLE_OWNER, true, LANGUAGE_GERMAN,
                                    "cli"};
        struct secret link;
        struct error error;
        int64_t id;
        assert_ok(account_add(fixture->database, &asked, &id, &link, &error));
        return link;
}

static void guesses_at_once(void **state)
{
        struct guess guesses[GUESSES];
        unsigned looked_at = 0;
        fixture = *state;
        clock_inject_ms(NOW_MS);
        add();
        run_all(guesses, (struct text){NULL, 0});
        for (unsigned i = 0; i < GUESSES; i++) {
                assert_int_equal(guesses[i].status, STATUS_OK);
                assert_true(guesses[i].outcome == SIGN_IN_WRONG || guesses[i].outcome == SIGN_IN_WAIT);
                looked_at += guesses[i].outcome == SIGN_IN_WRONG;
        }
        assert_int_equal(looked_at, ATTEMPTS_FREE_NAME);
        clock_inject_ms(-1);
}

static void a_link_at_once(void **state)
{
        struct guess guesses[GUESSES];
        unsigned done = 0;
        fixture = *state;
        clock_inject_ms(NOW_MS);
        struct secret link = add();
        run_all(guesses, text_of(link.text));
        for (unsigned i = 0; i < GUESSES; i++) {
                assert_true(guesses[i].status == STATUS_OK || guesses[i].status == STATUS_NOT_FOUND);
                done += guesses[i].status == STATUS_OK && guesses[i].outcome == SIGN_IN_DONE;
        }
        assert_int_equal(done, 1);
        assert_int_equal(look(fixture, "SELECT count(*) FROM session"), 1);
        clock_inject_ms(-1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(guesses_at_once, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(a_link_at_once, fixture_new, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
