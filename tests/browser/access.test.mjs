// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Signing in, the own account, accounts of the staff, keys of programs and contacts' access, as people use them: an
// administrator adds somebody who then chooses a password and a second factor, a sales rep invites a contact, the contact
// accepts on a phone (X-01, X-02 in part).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';

import { check, close, LOOKS, open, reader } from './browser.mjs';
import { Treue } from './treue.mjs';

const CLOCK_SECONDS = Date.parse('2026-02-10T09:00:00Z') / 1000;
let treue;
let invited; // the page of the customer whose contact was invited

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

// What an authenticator app shows (RFC 6238).
function codeOf(secret, seconds) {
        let bits = '';
        for (const letter of secret)
                bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
        const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
        const step = Buffer.alloc(8);
        step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
        const digest = createHmac('sha1', key).update(step).digest();
        const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
        return String(number % 1000000).padStart(6, '0');
}

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

for (const [theme, width] of LOOKS) {
        for (const language of ['de', 'en']) {
                test(`pages of accounts, ${theme}, ${width}, ${language}`, async () => {
                        const name = (page) => (language === 'de' ? page : `${page}-en`);
                        const visitor = await reader(treue.base, { theme, width, language });
                        await visitor.goto('/sign-in/mail');
                        await check(visitor, name('sign-in-mail'));
                        await visitor.goto(treue.links.get('neu'));
                        await check(visitor, name('link'));
                        await visitor.goto('/sign-in');
                        await visitor.fill('#login', 'mara');
                        await visitor.fill('#password', 'grünes sofa am teich');
                        await visitor.locator('main form button.btn-primary').click();
                        await visitor.waitForURL(/sign-in\/code/);
                        await check(visitor, name('sign-in-code'));
                        const rep = await reader(treue.base, { theme, width, language });
                        await treue.signIn(rep, 'hansen');
                        for (const [path, picture] of [[`${invited}/access`, 'customer-access'], ['/search?q=Bauunternehmung', 'search-page']]) {
                                await rep.goto(path);
                                await check(rep, name(picture));
                        }
                        await rep.goto(invited);
                        await rep.locator('main a[href*="/contacts/"]:not([href$="/new"])').first().click();
                        await rep.waitForURL('**/contacts/*');
                        await check(rep, name('contact'));
                        const admin = await reader(treue.base, { theme, width, language });
                        await treue.signIn(admin, 'verwaltung');
                        await admin.goto('/account');
                        await admin.locator(`main button[name=language][value=${language}]`).click();
                        for (const [path, picture] of [['/account', 'account'], ['/account/password', 'account-password'],
                                ['/account/email', 'account-email'], ['/account/second-factor', 'account-factor'],
                                ['/users', 'users'], ['/users/new', 'user-new'], ['/keys', 'keys']]) {
                                await admin.goto(path);
                                await check(admin, name(picture));
                        }
                        await admin.goto('/users');
                        await admin.locator('main table a', { hasText: 'Hans Hansen' }).click();
                        await check(admin, name('user'));
                        await admin.goto('/account');
                        await admin.locator('main button[name=language][value=de]').click();
                        const karin = await reader(treue.base, { theme, width, language });
                        await treue.signIn(karin, 'karin@kunde.example');
                        await karin.goto('/account');
                        await karin.locator(`main button[name=language][value=${language}]`).click();
                        await karin.goto('/portal/colleagues');
                        await check(karin, name('colleagues'));
                        await karin.goto('/portal');
                        await check(karin, name('portal'));
                });
        }
}
