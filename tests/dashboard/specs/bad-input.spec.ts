import type { Locator, Page } from '@playwright/test';

import { expect, expectConnectionStatus, test } from '../test.js';

/** Checks that a control is focused, marked as invalid and described by an error. */
async function expectFieldError(control: Locator, reason: RegExp): Promise<void> {
  await expect(control).toHaveAttribute('aria-invalid', 'true');
  await expect(control).toHaveAccessibleDescription(reason);
  await expect(control).toBeFocused();
}

async function signInWith(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('an invalid API key does not sign in', async ({ page, context }) => {
  await page.goto('/');
  for (const key of ['', 'nonsense', `kr_key_${'a'.repeat(74)}`]) {
    await signInWith(page, key);
    await expectFieldError(page.getByLabel('API key'), /./);
  }
  expect((await context.cookies()).filter(({ name }) => name.includes('kraiter'))).toEqual([]);
});

test('a region must be chosen', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('Choose a region');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expectFieldError(page.getByLabel('Sending region'), /Choose a sending region/);
  await page.getByLabel('Sending region').selectOption('eu-west-1');
  await expect(page.getByLabel('Sending region')).not.toHaveAttribute('aria-invalid');
});

test('each invalid field of the role form shows its error', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('eu-west-1');
  await page.getByRole('button', { name: 'Set up manually' }).click();
  const arn = page.getByLabel('Role ARN');
  const account = page.getByLabel('AWS account ID');
  const register = page.getByRole('button', { name: 'Register role' });

  await register.click();
  await expectFieldError(account, /12 digits/);
  await account.fill('123456789012');
  await arn.fill('arn:aws:iam::123456789012:user/someone');
  await register.click();
  await expectFieldError(arn, /role/);
  await arn.fill('arn:aws:iam::210987654321:role/R');
  await register.click();
  await expect(page.locator('.register')).toContainText(/account/i);
  await arn.fill('arn:aws:iam::123456789012:role/R');
  await page.getByLabel('Sending region').selectOption('');
  await register.click();
  await expectFieldError(page.getByLabel('Sending region'), /region/i);
  await expectConnectionStatus(page, 'Waiting for role');
});

test('an invalid identity is not added', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  const identity = page.getByLabel('Domain or email address');
  for (const invalid of ['', 'not a domain', 'a@b@c']) {
    await identity.fill(invalid);
    await page.getByRole('button', { name: 'Add identity' }).click();
    await expectFieldError(identity, /./);
  }
  await expect(page.getByText('No identities yet')).toBeVisible();
});

test('an invalid DKIM key shows an error at its field', async ({ open, organisation }) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('example.com');
  const page = await open(`/identities/${id}`);
  await page.getByText('Change key').first().click();
  await page.getByRole('radio', { name: /Your own key/ }).check();
  const [selector, key] = [page.getByLabel('Selector'), page.getByRole('textbox', { name: 'Private key' })];
  const change = page.getByRole('button', { name: 'Change key' });
  for (const invalid of ['', 'two words', '-', 'a'.repeat(64)]) {
    await selector.fill(invalid);
    await key.fill('-----BEGIN PRIVATE KEY-----');
    await change.click();
    await expectFieldError(selector, /./);
  }
  await selector.fill('kraiter1');
  for (const invalid of ['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----']) {
    await key.fill(invalid);
    await change.click();
    await expectFieldError(key, /./);
    await expect(key).toHaveValue('');
  }
  expect((await organisation.kraiter.identities.get(id)).dkim?.origin).toBe('easy_dkim');
});

test('an invalid email shows an error at its field', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/send');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const to = page.getByLabel('To', { exact: true });
  for (const invalid of ['', 'nobody', 'a@b\u0000.example']) {
    await to.fill(invalid);
    await send.click();
    await expectFieldError(to, /./);
  }
  await to.fill('success@simulator.amazonses.com');
  await page.getByLabel('Local part').fill('not a name');
  await send.click();
  await expectFieldError(page.getByLabel('Local part'), /./);
  await page.getByLabel('Local part').fill('hello');
  await page.getByLabel('Subject').fill('');
  await send.click();
  await expectFieldError(page.getByLabel('Subject'), /./);
});

test('an invalid template shows an error with its line at its field', async ({ open, organisation }) => {
  await organisation.kraiter.templates.create({ name: 'Taken', subject: 'x', text: 'x' });
  const page = await open('/templates/new');
  const html = page.getByLabel('HTML', { exact: true });
  const variables = page.getByLabel('Sample data');
  await expect(page.getByTitle('HTML preview')).toBeVisible();
  // Errors from the preview.
  for (const [source, reason] of [
    ['<p>\n{{ name }</p>', /line 2.*unexpected/],
    ['\n\n{% include "other" %}', /line 3.*unknown tag "include"/],
    ['{{ name | safe }}', /line 1.*escaped/],
    ['{{ name + 1 }}', /line 1/],
  ] as const) {
    await html.fill(source);
    await expect(html).toHaveAccessibleDescription(reason);
    await expect(html).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByText('Showing the last valid preview.')).toBeVisible();
  }
  await html.fill('<p>{{ name }} {{ order.number }}</p>');
  for (const [json, reason] of [
    ['{"name": ', /Invalid JSON/],
    ['[1]', /object/],
    ['{"name": "Ada"}', /variable "order" is missing/],
    ['{"name": "Ada", "order": {}}', /variable "order\.number" is missing/],
    ['{"name": "Ada", "order": {"number": 1}, "coupon": 1}', /does not use the variable "coupon"/],
  ] as const) {
    await variables.fill(json);
    await expect(variables).toHaveAccessibleDescription(reason);
  }
  await variables.fill('{"name": "Ada", "order": {"number": 1}}');
  await expect(variables).not.toHaveAttribute('aria-invalid');

  // Errors from saving.
  const create = page.getByRole('button', { name: 'Create template' });
  const name = page.getByLabel('Name', { exact: true });
  await create.click();
  await expectFieldError(name, /name/i);
  await name.fill('Taken');
  await create.click();
  await expectFieldError(name, /Another template has this name/);
  await name.fill('Mine');
  await page.getByLabel('Subject').fill('');
  await create.click();
  await expectFieldError(page.getByLabel('Subject'), /subject/i);
  await page.getByLabel('Subject').fill('{{ oops');
  await create.click();
  await expectFieldError(page.getByLabel('Subject'), /line 1/);
  expect((await organisation.kraiter.templates.list()).data.map((template) => template.name)).toEqual(['Taken']);
});

test('an invalid email with a template shows an error at its field', async ({ open, organisation }) => {
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
  await expectFieldError(to, /Line 2:/);
  await to.fill('success@simulator.amazonses.com');
  await page.getByText('Cc, Bcc, Reply-To and tags').click();
  const tags = page.getByLabel('Tags');
  await tags.fill('campaign=spring sale!');
  await page.getByText('Cc, Bcc, Reply-To and tags').click();
  await expect(tags).toBeHidden();
  // A collapsed section opens if one of its fields is invalid.
  await send.click();
  await expectFieldError(tags, /./);
  await tags.fill('campaign=spring');
  await expect(tags).toBeVisible();

  await page.getByLabel('Use a template').check();
  const template = page.getByLabel('Template', { exact: true });
  await send.click();
  await expectFieldError(template, /template does not exist/);
  await template.selectOption(id);
  // The preview shows the error before sending, and sending fails with it.
  const variables = page.getByLabel('Variables');
  await variables.fill('{"name": "Ada"}');
  await expect(template).toHaveAccessibleDescription(/"text", line 1/);
  await variables.fill('{}');
  await expect(variables).toHaveAccessibleDescription(/variable "name" is missing/);
  await send.click();
  await expectFieldError(variables, /variable "name" is missing/);
  await variables.fill('{');
  await send.click();
  await expectFieldError(variables, /Invalid JSON/);
  expect((await organisation.kraiter.emails.list()).data).toEqual([]);
});

test('a page or resource that does not exist shows an error', async ({ open }) => {
  const page = await open('/nowhere');
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
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
