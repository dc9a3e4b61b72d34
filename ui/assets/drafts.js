// SPDX-License-Identifier: AGPL-3.0-or-later
//
// drafts.js: nothing typed is ever lost. What stands in a form marked data-draft is kept in this tab until the form was
// sent and answered, so that it is there again after a sign-in, a broken connection or a reload. Passwords and files
// are never kept.
const PREFIX = 'draft ';

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

export function keepDrafts() {
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
        }
        // A page that was reached by sending a form names the drafts it settles.
        for (const done of document.querySelectorAll('[data-draft-done]'))
                sessionStorage.removeItem(`${PREFIX}${done.dataset.draftDone}`);
}
