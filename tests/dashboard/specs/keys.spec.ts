import { Kraiter } from '@kraiter/sdk';

import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../test.js';
import { setting } from '../test-env.js';

test('an API key is created, shown once and revoked', async ({ open, organisation }) => {
  const page = await open('/keys');
  const rows = page.getByRole('list', { name: 'API keys' }).getByRole('listitem');
  await expect(rows).toHaveText([/First key.*Full access.*Current session.*The last full key can’t be revoked/]);
  await page.getByRole('button', { name: 'Create API key' }).click();
  await expect(page.getByLabel('Key name')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Key name').fill('Shop');
  await page.getByRole('button', { name: 'Create API key' }).click();
  await expect(page.getByText('Copy the key “Shop” now.')).toBeVisible();
  await expect(page.getByText(/^kr_key_[a-z2-7]{74}$/)).toBeVisible();
  await expect(rows.filter({ hasText: 'Shop' })).toContainText('Never used');
  await page.reload();
  await expect(rows).toHaveCount(2);
  await expect(page.getByText(/^kr_key_[a-z2-7]{74}$/)).toBeHidden();

  await page.getByRole('button', { name: 'Revoke Shop…' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).last().click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Revoke Shop…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(rows).toHaveCount(1);
  expect((await organisation.kraiter.apiKeys.list()).data.map(({ name }) => name)).toEqual(['First key']);
});

test('revoking the key of the session signs out', async ({ open, organisation }) => {
  await organisation.kraiter.apiKeys.create({ name: 'Another' });
  const page = await open('/keys');
  await page.getByRole('button', { name: 'Revoke First key…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('you’ll have to sign in again');
  await dialog.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a key that can do less is created with its restrictions and shown with them', async ({ open, organisation }) => {
  const page = await open('/keys');
  await expect(page.getByLabel('Senders')).toBeHidden();
  await page.getByLabel('Key name').fill('Receipts');
  await page.getByLabel('Permission').selectOption('Sending only');
  await page.getByLabel('Expires').selectOption('In 90 days');
  await page.getByLabel('Senders').fill('Example.com\nshop');
  await page.getByLabel('Recipients').fill('example.org');
  await page.getByRole('button', { name: 'Create API key' }).click();
  await expect(page.getByLabel('Senders')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Senders')).toBeFocused();
  await page.getByLabel('Senders').fill('Example.com\nshop@example.net');
  await page.getByRole('button', { name: 'Create API key' }).click();
  const row = page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'Receipts' });
  await expect(row).toContainText('Sending only');
  await expect(row).toContainText('Expires in 90 days');
  await expect(row).toContainText('example.com, shop@example.net');
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);

  const key = await page.getByText(/^kr_key_[a-z2-7]{74}$/).innerText();
  const shop = new Kraiter({ baseUrl: setting('KRAITER_URL'), apiKey: key });
  await expect(shop.emails.list()).rejects.toMatchObject({ code: 'insufficient_scope' });
  const { data } = await organisation.kraiter.apiKeys.list();
  expect(data[1]).toMatchObject({
    scope: 'sending',
    restrictions: { senders: ['example.com', 'shop@example.net'], recipientDomains: ['example.org'] },
  });
});

test('emails of a test key are marked as tests', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/keys');
  await page.getByLabel('Key name').fill('Staging');
  await page.getByLabel('Permission').selectOption('Test sending');
  await page.getByRole('button', { name: 'Create API key' }).click();
  const key = await page.getByText(/^kr_test_[a-z2-7]{74}$/).innerText();
  const row = page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'Staging' });
  await expect(row).toContainText('kr_test_…');

  const staging = new Kraiter({ baseUrl: setting('KRAITER_URL'), apiKey: key });
  const email = { from: 'sender@simulator.amazonses.com', to: 'ada@example.com', subject: 'Try', text: 'Try' };
  const { id } = await staging.emails.send(email);
  await page.goto('/activity');
  await expect(page.getByRole('listitem').filter({ hasText: 'Try' }).getByText('Test', { exact: true })).toBeVisible();
  await page.goto(`/activity/${id}`);
  await expect(page.getByText('Test', { exact: true })).toBeVisible();
  await expect(page.getByText('success+ada-example-com@simulator.amazonses.com').first()).toBeVisible();
});
