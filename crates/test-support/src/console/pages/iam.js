/** The page that creates a role. */

import { at, call, showError } from './page.js';

async function save(event) {
  event.preventDefault();
  showError();
  at('saved').hidden = true;
  const { arn } = await call('/api/roles', {
    account: at('account').value.trim(),
    name: at('name').value.trim(),
    trustPolicy: at('trust-policy').value,
    permissionsPolicy: at('permissions-policy').value,
  });
  at('arn').textContent = arn;
  at('saved').hidden = false;
  at('saved-title').focus();
}

at('form').addEventListener('submit', (event) => save(event).catch(showError));
call('/api/account').then(({ account }) => {
  at('account').value ||= account;
}, showError);
