/** The whole way to a first email in the browser. Only the DNS records are published by the test. */

import { expect, expectAccessible, expectConnectionStatus, openConsole, test } from '../test.js';
import { newAccount, publish } from '../test-env.js';

test('a new organisation connects an account, verifies a domain and sends its first email', async ({
  page,
  organisation,
}) => {
  // The page waits for SES and SNS several times.
  test.slow();
  const domain = 'first-email.example';

  await test.step('sign in', async () => {
    await page.goto('/');
    await page.getByLabel('API key').fill(organisation.apiKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expectConnectionStatus(page, 'Not connected');
  });

  await test.step('connect an AWS account with one click', async () => {
    await page.getByLabel('Sending region').selectOption('eu-west-1');
    await page.getByRole('button', { name: 'Connect AWS Account' }).click();
    const aws = await openConsole(page, () => page.getByRole('link', { name: 'Open AWS console' }).click());
    await aws.getByLabel('AWS account', { exact: true }).fill(newAccount());
    await aws.getByLabel('I acknowledge').check();
    await aws.getByRole('button', { name: 'Create stack' }).click();
    await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
    await aws.close();
    await expectConnectionStatus(page, 'Connected');
  });

  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await test.step('add a domain', async () => {
    await page.getByLabel('Domain or email address').fill(domain);
    await page.getByRole('button', { name: 'Add identity' }).click();
    await expect(page.getByRole('heading', { name: domain })).toBeFocused();
    await dns.getByRole('button', { name: 'Check DNS' }).click();
    await expect(dns.getByRole('cell', { name: 'Pending' })).toHaveCount(3);
  });

  await test.step('publish the DNS records and check them', async () => {
    for (const row of (await dns.getByRole('row').all()).slice(1)) {
      const [type, name, value] = await Promise.all(
        [0, 1, 2].map((cell) => row.getByRole('cell').nth(cell).locator('code, .type').first().innerText()),
      );
      if (!type || !name || !value) throw new Error(`unexpected row: ${await row.innerText()}`);
      await publish(name, /^[A-Z]+/.exec(type)?.[0] ?? type, [value]);
    }
    await dns.getByRole('button', { name: 'Check DNS' }).click();
    await expect(dns.getByText('All DNS records required by SES are in place.')).toBeVisible();
    await expect(dns.getByRole('cell', { name: 'Found' })).toHaveCount(3);
  });

  await test.step('see the domain verified', async () => {
    await expect(page.getByText('Every email is signed with DKIM.')).toBeVisible();
    await page.getByRole('link', { name: 'Identities' }).last().click();
    await expect(page.getByRole('link', { name: /first-email\.example.*Verified/ })).toBeVisible();
  });

  await test.step('create a template', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Templates' }).click();
    await page.getByRole('link', { name: 'New template' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Welcome');
    await page.getByLabel('Subject').fill('Welcome, {{ name }}');
    await page.getByLabel('HTML', { exact: true }).fill('<p>Hello {{ name }}, this is the first of many.</p>');
    await page.getByRole('button', { name: 'Create template' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible();
  });

  await test.step('send the first email with the template', async () => {
    await page.getByRole('link', { name: 'Send a test email' }).click();
    await page.getByLabel('Local part').fill('hello');
    await page.getByLabel('Variables').fill('{"name": "Ada"}');
    await expect(page.frameLocator('iframe[title="HTML preview"]').locator('body')).toContainText(
      'Hello Ada, this is the first of many.',
    );
    await page.getByRole('radio', { name: /Success/ }).check();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  });

  await test.step('see the email delivered', async () => {
    await expect(page.getByRole('heading', { level: 1, name: 'Welcome, Ada' })).toBeVisible();
    const history = page.getByRole('region', { name: 'Delivery history' });
    await expect(history.getByText('Delivered', { exact: true })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Details' })).toContainText(`hello@${domain}`);
    await expectAccessible(page);
  });

  // The API agrees with the pages.
  const [email] = (await organisation.kraiter.emails.list()).data;
  expect(email).toMatchObject({
    status: 'delivered',
    from: expect.stringContaining(`hello@${domain}`),
    subject: 'Welcome, Ada',
  });
});
