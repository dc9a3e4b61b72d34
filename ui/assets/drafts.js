// SPDX-License-Identifier: AGPL-3.0-or-later
//
// drafts.js: nothing typed is ever lost. What stands in a form marked data-draft is kept in this tab until the form was
// sent and answered, so that it is there again after a sign-in, a broken connection or a reload. Passwords and files
// are never kept.
const PREFIX = 'draft ';
const SENT = 'draft-sent'; // the draft whose form was sent last, until its answer is there

function name(form) {
        return `${PREFIX}${location.pathname} ${form.dataset.draft}`;
}

function kept(field) {
        return field.name && !field.name.startsWith('_') && !['password', 'file', 'hidden', 'submit', 'button'].includes(field.type);
}

function read(form) {
        return [...form.elements].filter(kept).map((field) => [field.name,
                ['checkbox', 'radio'].includes(field.type) ? `${field.value} ${field.checked}` : field.value]);
}

function fill(form, entries) {
        const fields = [...form.elements].filter(kept);
        fields.forEach((field, place) => {
                const [key, value] = entries[place] ?? [];
                if (key !== field.name)
                        return;
                if (['checkbox', 'radio'].includes(field.type))
                        field.checked = value === `${field.value} true`;
                else
                        field.value = value;
        });
}

// A draft that was sent is done when the answer is another page: not the form once more, not an error, and not the question
// who is there, after which the form comes back.
function settle() {
        const sent = sessionStorage.getItem(SENT);
        if (!sent)
                return;
        sessionStorage.removeItem(SENT);
        const failed = performance.getEntriesByType('navigation')[0]?.responseStatus >= 400;
        const asked = /^\/(sign-in|link)(\/|$)/.test(location.pathname);
        const again = [...document.querySelectorAll('form[data-draft]')].some((form) => name(form) === sent);
        if (!failed && !asked && !again)
                sessionStorage.removeItem(sent);
}

export function keepDrafts() {
        settle();
        for (const form of document.querySelectorAll('form[data-draft]')) {
                const draft = sessionStorage.getItem(name(form));
                const answered = form.querySelector('[aria-invalid="true"]'); // the server has given back what was typed
                if (draft && !answered) {
                        try {
                                fill(form, JSON.parse(draft));
                        } catch {
                                sessionStorage.removeItem(name(form));
                        }
                }
                form.addEventListener('input', () => {
                        try {
                                sessionStorage.setItem(name(form), JSON.stringify(read(form)));
                        } catch {
                                // no room: the form still works
                        }
                });
                form.addEventListener('submit', () => sessionStorage.setItem(SENT, name(form)));
        }
}
