// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Signing in, the own account, accounts of the staff, keys of programs and contacts' access, as people use them: an
// administrator adds somebody who then chooses a password and a second factor, a sales rep invites a contact, the contact
// accepts on a phone (X-01, X-02 in part).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { check, close, LOOKS, nameOf, open, reader, speak } from './browser.mjs';
import { codeOf } from './totp.mjs';
import { Treue } from './treue.mjs';

const CLOCK_SECONDS = Date.parse('2026-02-10T09:00:00Z') / 1000;
let treue;
let invited; // the page of the customer whose contact was invited
let factor; // cookies of somebody with a second factor

before(async () => {
        await open();
        treue = await Treue.demo();
        await treue.user('verwaltung', 'administrator', 'Vera Verwalter');
        await treue.user('leitung', 'owner', 'Lena Leiter');
        await treue.user('hansen', 'rep', 'Hans Hansen', '--responsible', 'ad-hansen');
        await treue.user('neu', 'marketing', 'Nele Neu');
        await treue.serve();
});

after(async () => {
        await close();
        await treue?.stop();
});

test('an administrator adds an account, its owner chooses password and second factor', async () => {
        const admin = await reader(treue.base);
        await treue.signIn(admin, 'verwaltung');
        await admin.goto('/users/new');
        await admin.fill('#name', 'Mara Markt');
        await admin.fill('#login', 'mara');
        await admin.selectOption('#role', 'marketing');
        await admin.locator('main form button.btn-primary').click();
        const link = /\/link\/[A-Za-z0-9_-]{27}/.exec(await admin.locator('main code').textContent())[0];

        const mara = await reader(treue.base);
        await mara.goto(link);
        await mara.fill('#password', 'passwort1234');
        await mara.locator('main form button.btn-primary').click();
        assert.match(await mara.locator('#password-error').textContent(), /geraten/);
        mara.complaints.length = 0; // the browser notes the 422
        await mara.fill('#password', 'grünes sofa am teich');
        await mara.locator('main form button.btn-primary').click();
        await mara.waitForURL((url) => !url.pathname.startsWith('/link'));
        await mara.goto('/account/second-factor');
        await mara.locator('main button[value=begin]').click();
        const secret = (await mara.locator('main code').textContent()).trim();
        await mara.fill('#code', codeOf(secret, CLOCK_SECONDS));
        await mara.locator('main button[value=confirm]').click();
        assert.equal(await mara.locator('.codes li').count(), 10);
        const recovery = await mara.locator('.codes li').first().textContent();
        factor = await mara.context().cookies();

        const again = await reader(treue.base);
        await again.goto('/sign-in');
        await again.fill('#login', 'mara');
        await again.fill('#password', 'grünes sofa am teich');
        await again.locator('main form button.btn-primary').click();
        await again.waitForURL(/sign-in\/code/);
        await again.fill('#code', recovery);
        await again.locator('main form button.btn-primary').click();
        await again.goto('/account');
        assert.match(await again.locator('h1').textContent(), /Ihr Konto/);
});

test('a rep invites a contact, who accepts on a phone', async () => {
        const rep = await reader(treue.base);
        await treue.signIn(rep, 'hansen');
        await rep.goto('/customers');
        const path = await rep.locator('main table tbody a[href^="/customers/"]').first().getAttribute('href');
        invited = path;
        await rep.goto(`${path}/access`);
        await rep.fill('#name', 'Karin Kundin');
        await rep.fill('#email', 'karin@kunde.example');
        await rep.selectOption('#role', 'main_contact');
        await rep.locator('main form button.btn-primary').click();
        treue.links.set('karin@kunde.example', /\/link\/[A-Za-z0-9_-]{27}/.exec(await rep.locator('main code').textContent())[0]);
        const karin = await reader(treue.base, { width: 360 });
        await treue.signIn(karin, 'karin@kunde.example');
        await karin.goto('/portal/colleagues');
        assert.equal(await karin.locator('.account-list li').count(), 1);
});

// Fills a form and sends it.
async function send(page, fields, button = 'main form button.btn-primary') {
        for (const [id, value] of Object.entries(fields))
                if (await page.locator(`select#${id}`).count())
                        await page.selectOption(`#${id}`, value);
                else
                        await page.fill(`#${id}`, value);
        await page.locator(button).first().click();
        await page.waitForLoadState('load');
}

async function signingIn(look) {
        const visitor = await reader(treue.base, look);
        await visitor.goto('/sign-in/mail');
        await check(visitor, 'sign-in-mail');
        await visitor.goto(treue.links.get('neu'));
        await check(visitor, 'link');
        await visitor.goto('/sign-in');
        await send(visitor, { login: 'mara', password: 'grünes sofa am teich' });
        await visitor.waitForURL(/sign-in\/code/);
        await check(visitor, 'sign-in-code');
        await visitor.context().close();
}

async function customersPeople(look) {
        const rep = await reader(treue.base, look);
        await treue.enter(rep, 'hansen');
        for (const [path, picture] of [[`${invited}/access`, 'customer-access'], ['/search?q=Bauunternehmung', 'search-page']]) {
                await rep.goto(path);
                await check(rep, picture);
        }
        await rep.goto(invited);
        await rep.locator('main a[href*="/contacts/"]:not([href$="/new"])').first().click();
        await rep.waitForURL('**/contacts/*');
        await check(rep, 'contact');
        await rep.goto(`${invited}/access`);
        await send(rep, { name: 'Kim Kundin', email: `kim-${nameOf(look)}@kunde.example`, role: 'contact' });
        await check(rep, 'customer-access-link');
        await rep.context().close();
}

async function administration(look) {
        const admin = await reader(treue.base, look);
        await treue.enter(admin, 'verwaltung');
        for (const [path, picture] of [['/account', 'account'], ['/account/password', 'account-password'],
                ['/account/email', 'account-email'], ['/account/second-factor', 'account-factor'],
                ['/users', 'users'], ['/users/new', 'user-new'], ['/keys', 'keys']]) {
                await admin.goto(path);
                await check(admin, picture);
        }
        await admin.goto('/users');
        await admin.locator('main table a', { hasText: 'Hans Hansen' }).click();
        await check(admin, 'user');
        await admin.goto('/users/new');
        await send(admin, { name: 'Petra Probe', login: `petra-${nameOf(look)}`, role: 'marketing' });
        await check(admin, 'user-link');
        await admin.goto('/users');
        await admin.locator('main table a', { hasText: 'Petra Probe' }).first().click();
        await admin.waitForURL(/users\/\d+$/);
        await send(admin, {}, 'form[action$="/reset"] button');
        await check(admin, 'user-reset');
        await admin.goto('/keys');
        await send(admin, { name: `Kasse ${nameOf(look)}`, days: '90' });
        await check(admin, 'key-new');
        await admin.context().close();
}

async function newCodes(look) {
        const mara = await reader(treue.base, { ...look, cookies: factor });
        await mara.goto('/account/second-factor');
        await speak(mara);
        if (await mara.locator('#current_password').count())
                await mara.fill('#current_password', 'grünes sofa am teich');
        await mara.locator('button[value=codes]').click();
        await mara.locator('.codes').waitFor();
        await check(mara, 'account-codes');
        factor = await mara.context().cookies(); // the session has a new name
        await mara.context().close();
}

async function contactsOwn(look) {
        const karin = await reader(treue.base, look);
        await treue.enter(karin, 'karin@kunde.example');
        for (const [path, picture] of [['/portal', 'portal'], ['/portal/colleagues', 'colleagues']]) {
                await karin.goto(path);
                await check(karin, picture);
        }
        await send(karin, { name: 'Kai Kollege', email: `kai-${nameOf(look)}@kunde.example`, role: 'contact' });
        await check(karin, 'colleague-link');
        await karin.context().close();
}

for (const look of LOOKS)
        test(`pages of accounts, ${nameOf(look)}`, async () => {
                await signingIn(look);
                await customersPeople(look);
                await administration(look);
                await newCodes(look);
                await contactsOwn(look);
        });
