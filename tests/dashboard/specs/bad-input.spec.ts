import type { Locator, Page } from '@playwright/test';

import { cardSays, expect, test } from '../test.js';

/** The control has the focus, is marked, and is described by a text. */
async function expectRefused(control: Locator, reason: RegExp): Promise<void> {
  await expect(control).toHaveAttribute('aria-invalid', 'true');
  await expect(control).toHaveAccessibleDescription(reason);
  await expect(control).toBeFocused();
}

async function signInWith(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a key that is none doesn’t sign in', async ({ page, context }) => {
  await page.goto('/');
  for (const key of ['', 'nonsense', `kr_${'a'.repeat(52)}`]) {
    await signInWith(page, key);
    await expectRefused(page.getByLabel('API key'), /./);
  }
  expect((await context.cookies()).filter(({ name }) => name.includes('kraiter'))).toEqual([]);
});

test('a region must be chosen', async ({ open }) => {
  const page = await open('/identities');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expectRefused(page.getByLabel('Region to send from'), /Choose the region to send from/);
  await page.getByLabel('Region to send from').selectOption('eu-west-1');
  await expect(page.getByLabel('Region to send from')).not.toHaveAttribute('aria-invalid');
});

test('each field of a role made by hand is told what is wrong with it', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Region to send from').selectOption('eu-west-1');
  await page.getByRole('button', { name: 'Set up manually' }).click();
  const arn = page.getByLabel('Role ARN');
  const account = page.getByLabel('AWS account ID');
  const register = page.getByRole('button', { name: 'Register role' });

  await register.click();
  await expectRefused(account, /twelve digits/i);
  await account.fill('123456789012');
  await arn.fill('arn:aws:iam::123456789012:user/someone');
  await register.click();
  await expectRefused(arn, /role/);
  await arn.fill('arn:aws:iam::210987654321:role/R');
  await register.click();
  await expect(page.locator('.register')).toContainText(/account/i);
  await arn.fill('arn:aws:iam::123456789012:role/R');
  await page.getByLabel('Region to send from').selectOption('');
  await register.click();
  await expectRefused(page.getByLabel('Region to send from'), /region/i);
  await cardSays(page, 'Waiting for the role');
});

test('what can’t be an identity isn’t added', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  const identity = page.getByLabel('Domain or email address');
  for (const wrong of ['', 'not a domain', 'a@b@c']) {
    await identity.fill(wrong);
    await page.getByRole('button', { name: 'Add identity' }).click();
    await expectRefused(identity, /./);
  }
  await expect(page.getByText('No identity yet')).toBeVisible();
});

test('a key that SES can’t sign with is told at its field', async ({ open, organisation }) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('example.com');
  const page = await open(`/identities/${id}`);
  await page.getByText('Change the key').first().click();
  await page.getByRole('radio', { name: /A key of your own/ }).check();
  const [selector, key] = [page.getByLabel('Selector'), page.getByRole('textbox', { name: 'Private key' })];
  const change = page.getByRole('button', { name: 'Change the key' });
  for (const wrong of ['', 'two words', '-', 'a'.repeat(64)]) {
    await selector.fill(wrong);
    await key.fill('-----BEGIN PRIVATE KEY-----');
    await change.click();
    await expectRefused(selector, /./);
  }
  await selector.fill('kraiter1');
  for (const wrong of ['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----']) {
    await key.fill(wrong);
    await change.click();
    await expectRefused(key, /./);
    await expect(key).toHaveValue('');
  }
  expect((await organisation.kraiter.identities.get(id)).dkim?.origin).toBe('easy_dkim');
});

test('an email that can’t be sent is told at its field', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/send');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const to = page.getByLabel('To', { exact: true });
  for (const wrong of ['', 'nobody', 'a@b\u0000.example']) {
    await to.fill(wrong);
    await send.click();
    await expectRefused(to, /./);
  }
  await to.fill('success@simulator.amazonses.com');
  await page.getByLabel('Name before the @').fill('not a name');
  await send.click();
  await expectRefused(page.getByLabel('Name before the @'), /./);
  await page.getByLabel('Name before the @').fill('hello');
  await page.getByLabel('Subject').fill('');
  await send.click();
  await expectRefused(page.getByLabel('Subject'), /./);
});

test('what is no template is told at its field, with its line', async ({ open, organisation }) => {
  await organisation.kraiter.templates.create({ name: 'Taken', subject: 'x', text: 'x' });
  const page = await open('/templates/new');
  const html = page.getByLabel('HTML', { exact: true });
  const variables = page.getByLabel('Variables to try it with');
  await expect(page.getByTitle('The mail’s HTML')).toBeVisible();
  // While it is written.
  for (const [source, reason] of [
    ['<p>\n{{ name }</p>', /line 2.*unexpected/],
    ['\n\n{% include "other" %}', /line 3.*no `include` here/],
    ['{{ name | safe }}', /line 1.*escaped/],
    ['{{ name + 1 }}', /line 1/],
  ] as const) {
    await html.fill(source);
    await expect(html).toHaveAccessibleDescription(reason);
    await expect(html).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByText('This is how it looked before the error.')).toBeVisible();
  }
  await html.fill('<p>{{ name }} {{ order.number }}</p>');
  for (const [json, reason] of [
    ['{"name": ', /isn’t JSON/],
    ['[1]', /object/],
    ['{"name": "Ada"}', /needs `order`/],
    ['{"name": "Ada", "order": {}}', /needs `order.number`/],
    ['{"name": "Ada", "order": {"number": 1}, "coupon": 1}', /doesn't use `coupon`/],
  ] as const) {
    await variables.fill(json);
    await expect(variables).toHaveAccessibleDescription(reason);
  }
  await variables.fill('{"name": "Ada", "order": {"number": 1}}');
  await expect(variables).not.toHaveAttribute('aria-invalid');

  // And when it is saved.
  const create = page.getByRole('button', { name: 'Create template' });
  const name = page.getByLabel('Name', { exact: true });
  await create.click();
  await expectRefused(name, /name/i);
  await name.fill('Taken');
  await create.click();
  await expectRefused(name, /Another template has this name/);
  await name.fill('Mine');
  await page.getByLabel('Subject').fill('');
  await create.click();
  await expectRefused(page.getByLabel('Subject'), /subject/i);
  await page.getByLabel('Subject').fill('{{ oops');
  await create.click();
  await expectRefused(page.getByLabel('Subject'), /line 1/);
  expect((await organisation.kraiter.templates.list()).data.map((template) => template.name)).toEqual(['Taken']);
});

test('a mail by a template, to many, is told where it is wrong', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const { id } = await organisation.kraiter.templates.create({
    name: 'Welcome',
    subject: 'Hello {{ name }}',
    text: '{{ name | abs }}',
  });
  const page = await open('/send');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const to = page.getByLabel('To', { exact: true });
  await to.fill('success@simulator.amazonses.com\nnobody');
  await send.click();
  await expectRefused(to, /Line 2:/);
  await to.fill('success@simulator.amazonses.com');
  await page.getByText('Copies, answers and tags').click();
  const tags = page.getByLabel('Tags');
  await tags.fill('campaign=spring sale!');
  await page.getByText('Copies, answers and tags').click();
  await expect(tags).toBeHidden();
  // What was folded away comes out where it is refused.
  await send.click();
  await expectRefused(tags, /./);
  await tags.fill('campaign=spring');
  await expect(tags).toBeVisible();

  await page.getByLabel('Made by a template').check();
  const template = page.getByLabel('Template', { exact: true });
  await send.click();
  await expectRefused(template, /no such template/);
  await template.selectOption(id);
  // Seen in the preview before it is sent, and refused when it is.
  await expect(template).toHaveAccessibleDescription(/`text`, line 1/);
  const variables = page.getByLabel('Variables');
  await variables.fill('{}');
  await expect(variables).toHaveAccessibleDescription(/needs `name`/);
  await send.click();
  await expectRefused(variables, /needs `name`/);
  await variables.fill('{');
  await send.click();
  await expectRefused(variables, /isn’t JSON/);
  expect((await organisation.kraiter.emails.list()).data).toEqual([]);
});

test('pages and emails that don’t exist say so', async ({ open }) => {
  const page = await open('/nowhere');
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
  await page.goto('/activity/eml_0193a0c8f0007000800000000000abcd');
  await expect(page.getByRole('alert')).toContainText('not_found');
  await page.goto('/templates/tpl_0193a0c8f0007000800000000000abcd');
  await expect(page.getByRole('alert')).toContainText('not_found');
  await page.goto('/identities/idn_0193a0c8f0007000800000000000abcd');
  await expect(page.getByRole('alert')).toContainText('not_found');
  await page.goto('/identities/nonsense');
  await expect(page.getByRole('alert')).toContainText('not_found');
  await page.goto('/activity/%E0%A4%A');
  await expect(page.getByRole('main')).toBeVisible();
});
