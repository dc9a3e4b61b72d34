/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_guessing.c: ten thousand guesses from a thousand addresses are held back while who is known comes in, and how
 * long signing in takes does not tell which names exist: times of each kind of name are compared by their ranks
 * (docs/internals/security.md, 36 and 44).
 */
#include "database_fixture.h"

#include <time.h>

#include "access/accounts.h"
#include "access/attempts.h"
#include "access/links.h"
#include "access/sign_in.h"
#include "platform/clock.h"

#define NOW_MS INT64_C(1767323045000) /* 2026-01-02 */
#define DAY_MS INT64_C(86400000)
enum { GUESSES = 10000, ADDRESSES = 1000, NAMES = 11, GUESS_EVERY_MS = 6, SAMPLES = 24, KINDS = 5 };

static const char *const good = "grünes sofa am teich";
static struct error error;
static struct fixture *fixture;
static struct connection *connection;
static int64_t now_ms;

static int set_up(void **state)
{
        if (fixture_new(state))
                return -1;
        fixture = *state;
        now_ms = NOW_MS;
        clock_inject_ms(now_ms);
        return db_connect(fixture->database, &connection, &error) ? -1 : 0;
}

static int tear_down(void **state)
{
        clock_inject_ms(-1);
        db_disconnect(connection);
        return fixture_free(state);
}

static int64_t add(const char *login, bool with_password)
{
        struct account_new asked = {text_of(login), text_of("Jemand"), text_of("jemand@muster.example"), ROLE_OWNER,
                                    true, LANGUAGE_GERMAN, "cli"};
        struct visitor visitor = {text_of("192.0.2.1"), text_of("Firefox"), {"", 0}, now_ms};
        struct secret link;
        struct signed_in result;
        int64_t id;
        assert_ok(account_add(fixture->database, &asked, &id, &link, &error));
        if (with_password)
                assert_ok(link_choose_password(fixture->database, connection, text_of(link.text), text_of(good), NULL,
                                               0, &visitor, &result, &error));
        return id;
}

static struct signed_in attempt(const char *login, const char *password, const char *address, const char *device)
{
        struct visitor visitor = {text_of(address), text_of("Firefox"), text_of(device), now_ms};
        struct signed_in result;
        assert_ok(sign_in(fixture->database, connection, text_of(login), text_of(password), &visitor, &result,
                          &error));
        return result;
}

static void ten_thousand_guesses(void **state)
{
        (void)state;
        int looked_at = 0;
        add("anna", true);
        add("bert", true);
        struct signed_in known = attempt("anna", good, "192.0.2.1", "");
        for (int i = 0; i < GUESSES; i++) {
                char name[16], address[24], password[24];
                int from = i % ADDRESSES, whom = i % NAMES;
                snprintf(name, sizeof(name), whom ? "name%d" : "anna", whom);
                snprintf(address, sizeof(address), "203.0.%d.%d", 100 + from / 250, from % 250);
                snprintf(password, sizeof(password), "guess number %d", i);
                now_ms += GUESS_EVERY_MS;
                struct signed_in result = attempt(name, password, address, "");
                assert_true(result.outcome == SIGN_IN_WRONG || result.outcome == SIGN_IN_WAIT);
                looked_at += result.outcome == SIGN_IN_WRONG;
        }
        /* Within a minute: the free ones of each name, and those after waits of 15 and 30 seconds. */
        assert_int_equal(looked_at, NAMES * (ATTEMPTS_FREE_NAME + 2));
        assert_int_equal(attempt("anna", good, "198.51.100.1", "").outcome, SIGN_IN_WAIT);
        assert_int_equal(attempt("anna", good, "198.51.100.1", known.device.text).outcome, SIGN_IN_DONE);
        assert_int_equal(attempt("bert", good, "198.51.100.2", "").outcome, SIGN_IN_DONE);
}

/* ---- times ----------------------------------------------------------------------------------------------------- */

/* Processor time of this thread, which hashes; others who use the machine do not count. */
static int64_t spent_ns(void)
{
        struct timespec spent;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
        return spent.tv_sec * INT64_C(1000000000) + spent.tv_nsec;
}

/* The rank sum test of Mann and Whitney: is |z| >= 4.5? That happens once in 140,000 times by chance. U counts in
 * halves: its mean is n * n, its variance n * n * (2 * n + 1) / 3. */
static bool differ(const int64_t a[SAMPLES], const int64_t b[SAMPLES])
{
        int64_t n = SAMPLES, u = 0;
        for (size_t i = 0; i < SAMPLES; i++)
                for (size_t j = 0; j < SAMPLES; j++)
                        u += a[i] < b[j] ? 2 : a[i] == b[j];
        return 12 * (u - n * n) * (u - n * n) >= 81 * n * n * (2 * n + 1);
}

static void names_take_the_same_time(void **state)
{
        (void)state;
        static const char *const names[KINDS] = {"anna", "nobody", "disabled", "invited", "held"};
        static int64_t times_ns[KINDS][SAMPLES];
        add("anna", true);
        assert_ok(account_set_disabled(fixture->database, add("disabled", true), true, "cli", &error));
        add("invited", false);
        for (size_t i = 0; i < SAMPLES; i++) {
                now_ms += 2 * DAY_MS; /* what was counted is forgotten */
                for (size_t turn = 0; turn < KINDS - 1; turn++) {
                        size_t kind = (turn + i) % (KINDS - 1);
                        int64_t before_ns = spent_ns();
                        struct signed_in result = attempt(names[kind], "wrong guess", "192.0.2.1", "");
                        times_ns[kind][i] = spent_ns() - before_ns;
                        assert_int_equal(result.outcome, SIGN_IN_WRONG);
                }
        }
        for (size_t kind = 1; kind < KINDS - 1; kind++)
                if (differ(times_ns[0], times_ns[kind]))
                        fail_msg("%s: %lld ns, %s: %lld ns", names[0], (long long)times_ns[0][0], names[kind],
                                 (long long)times_ns[kind][0]);
        /* What is answered before hashing is told apart, or the comparison would mean nothing. */
        for (int i = 0; i < ATTEMPTS_FREE_NAME; i++)
                attempt("held", "wrong guess", "192.0.2.7", "");
        for (size_t i = 0; i < SAMPLES; i++) {
                int64_t before_ns = spent_ns();
                assert_int_equal(attempt("held", "wrong guess", "192.0.2.7", "").outcome, SIGN_IN_WAIT);
                times_ns[KINDS - 1][i] = spent_ns() - before_ns;
        }
        assert_true(differ(times_ns[0], times_ns[KINDS - 1]));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(ten_thousand_guesses, set_up, tear_down),
                cmocka_unit_test_setup_teardown(names_take_the_same_time, set_up, tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
