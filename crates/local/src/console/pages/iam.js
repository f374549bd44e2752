/** A role made by hand. */

const at = (id) => document.getElementById(id);

async function call(path, body) {
  const response = await fetch(path, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

function say(problem) {
  at('problem').textContent = problem?.message ?? '';
  at('problem').hidden = !problem;
}

async function save(event) {
  event.preventDefault();
  say();
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

at('form').addEventListener('submit', (event) => save(event).catch(say));
call('/api/account').then(({ account }) => { at('account').value = account; }, say);
