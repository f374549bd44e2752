/** The quick-create page: reads the link, creates the stack and shows its progress. */

import { at, call, showError } from './page.js';

const element = (name, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
};

let page;

async function open() {
  showError();
  const [contents, { account }] = await Promise.all([
    call('/api/quick-create', { link: location.href }),
    call('/api/account'),
  ]);
  page = contents;
  at('region').textContent = `· ${page.location} ${page.region}`;
  at('description').textContent = page.description;
  at('template-url').textContent = page.templateUrl;
  at('stack-name').value = page.stackName;
  at('account').value ||= account;
  at('parameters').replaceChildren(
    ...page.parameters.flatMap(({ name, label, description, value }) => [
      element('label', { htmlFor: `parameter-${name}` }, label, element('code', {}, name)),
      element('input', { id: `parameter-${name}`, name, value, autocomplete: 'off', spellcheck: false }),
      element('p', { className: 'hint' }, description),
    ]),
  );
  at('resources').replaceChildren(
    ...page.resources.map(({ logicalId, type }) => element('li', {}, `${logicalId} `, element('code', {}, type))),
  );
  at('form').hidden = false;
}

async function create(event) {
  event.preventDefault();
  showError();
  const { number } = await call('/api/stacks', {
    account: at('account').value.trim(),
    region: page.region,
    templateUrl: page.templateUrl,
    stackName: at('stack-name').value.trim(),
    parameters: [...at('parameters').querySelectorAll('input')].map(({ name, value }) => [name, value]),
    acknowledged: at('acknowledged').checked,
    fail: at('fail').checked,
  });
  at('form').hidden = true;
  at('progress').hidden = false;
  at('progress-title').textContent = at('stack-name').value;
  at('progress-title').focus();
  await poll(number);
}

async function poll(number) {
  const stack = await call(`/api/stacks/${number}`);
  const inProgress = stack.status.endsWith('IN_PROGRESS');
  at('status').textContent = stack.status;
  at('status').dataset.tone = tone(stack.status);
  at('reason').textContent = stack.reason ?? '';
  at('done').hidden = stack.status !== 'CREATE_COMPLETE';
  at('failed').hidden = inProgress || stack.status === 'CREATE_COMPLETE';
  at('again').href = location.href;
  at('events').replaceChildren(
    ...stack.resources.map(({ logicalId, type, status, reason }) => {
      const cell = element('td', {}, element('span', { className: 'status' }, status ?? '–'));
      cell.firstChild.dataset.tone = tone(status ?? '');
      if (reason) cell.append(element('p', { className: 'hint' }, reason));
      return element('tr', {}, element('td', {}, logicalId), element('td', {}, element('code', {}, type)), cell);
    }),
  );
  if (inProgress) setTimeout(() => poll(number).catch(showError), 200);
}

function tone(status) {
  if (status === 'CREATE_COMPLETE') return 'good';
  if (status.includes('FAILED') || status.includes('ROLLBACK')) return 'bad';
  return status ? 'pending' : '';
}

at('form').addEventListener('submit', (event) => create(event).catch(showError));
// A link to this page differs only in its fragment, so following it would not reload the page.
at('again').addEventListener('click', (event) => {
  event.preventDefault();
  location.reload();
});
addEventListener('hashchange', () => location.reload());
open().catch(showError);
