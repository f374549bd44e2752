/** Everything on the way to somebody's first email, by hand: nothing is done for them but by the DNS host. */

import { newAccount, publish } from '../lab.js';
import { cardSays, consoleOf, expect, expectAccessible, test } from '../test.js';

test('someone’s first email: account, domain, DNS, template, delivered', async ({ page, organisation }) => {
  // Two minutes of a person's; the page waits for SES and SNS in between.
  test.slow();
  const domain = 'first-email.example';

  await test.step('sign in', async () => {
    await page.goto('/');
    await page.getByLabel('API key').fill(organisation.apiKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await cardSays(page, 'Not connected');
  });

  await test.step('connect an AWS account by one click', async () => {
    await page.getByLabel('Region to send from').selectOption('eu-west-1');
    await page.getByRole('button', { name: 'Connect AWS Account' }).click();
    const aws = await consoleOf(page, () => page.getByRole('link', { name: 'Open the AWS console' }).click());
    await aws.getByLabel('AWS account', { exact: true }).fill(newAccount());
    await aws.getByLabel('I acknowledge').check();
    await aws.getByRole('button', { name: 'Create stack' }).click();
    await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
    await aws.close();
    await cardSays(page, 'Connected');
  });

  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await test.step('add a domain', async () => {
    await page.getByLabel('Domain or email address').fill(domain);
    await page.getByRole('button', { name: 'Add identity' }).click();
    await expect(page.getByRole('heading', { name: domain })).toBeFocused();
    await dns.getByRole('button', { name: 'Check DNS' }).click();
    await expect(dns.getByRole('cell', { name: 'Not seen yet' })).toHaveCount(3);
  });

  await test.step('publish the records as the page shows them, and check', async () => {
    for (const row of (await dns.getByRole('row').all()).slice(1)) {
      const [type, name, value] = await Promise.all(
        [0, 1, 2].map((cell) => row.getByRole('cell').nth(cell).locator('code, .type').first().innerText()),
      );
      if (!type || !name || !value) throw new Error(`the row says ${await row.innerText()}`);
      await publish(name, /^[A-Z]+/.exec(type)?.[0] ?? type, [value]);
    }
    await dns.getByRole('button', { name: 'Check DNS' }).click();
    await expect(dns.getByText('Every record that SES needs is there.')).toBeVisible();
    await expect(dns.getByRole('cell', { name: 'Found' })).toHaveCount(3);
  });

  await test.step('see it verified', async () => {
    await expect(page.getByText('DKIM signs every email.')).toBeVisible();
    await page.getByRole('link', { name: 'Identities' }).last().click();
    await expect(page.getByRole('link', { name: /first-email\.example.*Verified/ })).toBeVisible();
  });

  await test.step('make a template', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Templates' }).click();
    await page.getByRole('link', { name: 'New template' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Welcome');
    await page.getByLabel('Subject').fill('Welcome, {{ name }}');
    await page.getByLabel('HTML', { exact: true }).fill('<p>Hello {{ name }}, this is the first of many.</p>');
    await page.getByRole('button', { name: 'Create template' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible();
  });

  await test.step('send the first email by it', async () => {
    await page.getByRole('link', { name: 'Send a test by it' }).click();
    await page.getByLabel('Name before the @').fill('hello');
    await page.getByLabel('Variables').fill('{"name": "Ada"}');
    await expect(page.frameLocator('iframe[title="The mail’s HTML"]').locator('body')).toContainText(
      'Hello Ada, this is the first of many.',
    );
    await page.getByRole('radio', { name: /Success/ }).check();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  });

  await test.step('see it delivered', async () => {
    await expect(page.getByRole('heading', { level: 1, name: 'Welcome, Ada' })).toBeVisible();
    const story = page.getByRole('region', { name: 'What happened' });
    await expect(story.getByText('Delivered', { exact: true })).toBeVisible();
    await expect(page.getByRole('region', { name: 'The email' })).toContainText(`hello@${domain}`);
    await expectAccessible(page);
  });

  // What the pages have shown is what the API says.
  const [email] = (await organisation.kraiter.emails.list()).data;
  expect(email).toMatchObject({
    status: 'delivered',
    from: expect.stringContaining(`hello@${domain}`),
    subject: 'Welcome, Ada',
  });
});
