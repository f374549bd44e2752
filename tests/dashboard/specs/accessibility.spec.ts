import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectConnectionStatus, expectNoSidewaysScroll, THEMES, test } from '../test.js';
import { setting } from '../test-env.js';

const WIDTHS = [360, 768, 1280, 2560];

/** Checks the page with Axe. In the light theme, also checks the phone width and that the page fits every width. */
async function expectAccessibleLayout(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await expectAccessible(page);
  if (colorScheme === 'dark') return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
  }
  await page.setViewportSize({ width: 360, height: 900 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
}

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`signing in and connecting are accessible in the ${colorScheme} theme`, async ({ page, open }) => {
      await page.goto('/');
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByLabel('API key')).toHaveAttribute('aria-invalid');
      await expectAccessibleLayout(page, colorScheme);

      await open('/identities');
      await expectConnectionStatus(page, 'Not connected');
      await expectAccessibleLayout(page, colorScheme);
      await page.getByLabel('Sending region').selectOption('eu-west-1');
      await page.getByRole('button', { name: 'Connect AWS Account' }).click();
      await expectConnectionStatus(page, 'Waiting for stack');
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Set up manually' }).click();
      await expectConnectionStatus(page, 'Waiting for role');
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/send');
      await expect(page.getByText('No AWS account connected')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/activity');
      await expect(page.getByText('No emails yet')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/nowhere');
      await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
    });

    test(`the pages of a connected account are accessible in the ${colorScheme} theme`, async ({
      open,
      organisation,
    }) => {
      test.slow();
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
      await organisation.verifiedIdentity('example.com');
      const { id } = await organisation.kraiter.emails.send({
        from: 'a@example.com',
        to: 'bounce@simulator.amazonses.com',
        subject: 'Hello',
        text: 'x',
      });
      const page = await open('/identities');
      await expectConnectionStatus(page, 'Connected');
      await page.getByText('Setup details').click();
      await page.getByText('Register a different role').click();
      await page.getByText('DKIM options').click();
      await page.getByRole('radio', { name: /Your own key/ }).check();
      await expect(page.getByRole('link', { name: /example\.com/ })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Register role' })).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Disconnect…' }).click();
      await expectAccessibleLayout(page, colorScheme);

      await page.goto('/send');
      await page.getByLabel('To', { exact: true }).fill('someone@elsewhere.example');
      await expectAccessibleLayout(page, colorScheme);
      await page.goto(`/activity/${id}`);
      await expect(page.getByText('Bounced', { exact: true }).last()).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/activity');
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/activity?status=scheduled');
      await expect(page.getByText('No scheduled emails')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
      const later = await organisation.kraiter.emails.send({
        from: 'a@example.com',
        to: 'success@simulator.amazonses.com',
        subject: 'Later',
        text: 'x',
        scheduledAt,
      });
      await page.goto(`/activity/${later.id}`);
      await page.getByRole('button', { name: 'Cancel email…' }).click();
      await expectAccessibleLayout(page, colorScheme);
      await organisation.kraiter.apiKeys.create({ name: 'Another key '.repeat(8).trim() });
      await organisation.kraiter.suppressions.create({ address: `${'a'.repeat(60)}@example.org` });
      await page.goto('/suppressions');
      await page.getByRole('button', { name: /^Remove / }).click();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/keys');
      await page.getByRole('button', { name: 'Revoke First key…' }).click();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/sending');
      await page.getByRole('button', { name: 'Check permissions' }).click();
      await expect(page.getByText('ses:SendRawEmail')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
    });

    test(`the pages of templates are accessible in the ${colorScheme} theme`, async ({ open, organisation }) => {
      const page = await open('/templates');
      await expect(page.getByText('No templates yet')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/templates/new');
      await expect(page.getByTitle('HTML preview')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);

      const { id } = await organisation.kraiter.templates.create({
        name: 'Welcome '.repeat(12).trim(),
        subject: 'Hello {{ name }} '.repeat(20),
        html: '<p>{{ name }}</p>',
      });
      await organisation.kraiter.templates.update(id, {
        name: 'Welcome',
        subject: 'Hello {{ name }}',
        html: `<p>{{ name }}</p>\n${'<!-- long -->'.repeat(40)}`,
      });
      await page.goto(`/templates/${id}?version=1`);
      await expect(page.getByText('Emails use version 2.')).toBeVisible();
      await page.getByText('Plain text', { exact: true }).click();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByLabel('HTML', { exact: true }).fill('{{ name');
      await expect(page.getByLabel('HTML', { exact: true })).toHaveAttribute('aria-invalid', 'true');
      await organisation.kraiter.templates.update(id, {
        name: 'Welcome',
        subject: 'Hello {{ name }}!',
        html: '<p>{{ name }}</p>',
      });
      await page.getByLabel('HTML', { exact: true }).fill('<b>{{ name }}</b>');
      await page.getByRole('button', { name: 'Save as version 3' }).click();
      await expect(page.getByText('Version 3 was saved in the meantime')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.getByRole('link', { name: 'Templates', exact: true }).first().click();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
      await expectAccessibleLayout(page, colorScheme);
    });

    test(`sending with a template is accessible in the ${colorScheme} theme`, async ({ open, organisation }) => {
      await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
      await organisation.verifiedIdentity('example.com');
      const { id } = await organisation.kraiter.templates.create({
        name: 'Welcome',
        subject: 'Hello {{ name }}',
        html: '<p>{{ name }}</p>',
      });
      const page = await open(`/send?template=${id}`);
      await expect(page.getByTitle('HTML preview')).toBeVisible();
      await page.getByText('Cc, Bcc, Reply-To and tags').click();
      await page.getByLabel('Bcc').fill('someone@elsewhere.example');
      await page
        .getByLabel('Attachments', { exact: true })
        .setInputFiles([{ name: `${'long '.repeat(30)}.png`, mimeType: 'image/png', buffer: Buffer.from('x') }]);
      await page.getByLabel('Variables').fill('{}');
      await expect(page.getByLabel('Variables')).toHaveAttribute('aria-invalid', 'true');
      await expectAccessibleLayout(page, colorScheme);
    });

    test(`adding a region is accessible in the ${colorScheme} theme`, async ({ open, organisation }) => {
      await organisation.connect();
      const page = await open('/identities?add=us-east-1');
      await expect(page.getByText('This page updates automatically.')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.goto('/identities?events=us-east-1');
      await expect(page.getByLabel('Topic ARN')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
    });

    test(`the page of a domain is accessible in the ${colorScheme} theme`, async ({ open, organisation }) => {
      await organisation.connect();
      const domain = await organisation.verifiedIdentity('example.com');
      const page = await open(`/identities/${domain}`);
      await page.getByRole('button', { name: 'Check DNS' }).click();
      await expect(page.getByRole('region', { name: /DMARC/ })).toBeVisible();
      await page.getByText('Change key').first().click();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await expectAccessibleLayout(page, colorScheme);
    });

    test(`the mock console is accessible in the ${colorScheme} theme`, async ({ page, organisation }) => {
      const { quickCreateUrl } = await organisation.kraiter.awsBinding.connect({ region: 'eu-west-1' });
      await page.goto(quickCreateUrl);
      await expect(page.getByLabel('Stack name')).toBeVisible();
      await expectAccessibleLayout(page, colorScheme);
      await page.getByLabel('I acknowledge').check();
      await page.getByLabel('Simulate a failure').check();
      await page.getByRole('button', { name: 'Create stack' }).click();
      await expect(page.getByRole('status')).toContainText('ROLLBACK_COMPLETE');
      await expectAccessibleLayout(page, colorScheme);
      await page.goto(`${setting('KRAITER_CONSOLE')}/iam/home`);
      await expectAccessibleLayout(page, colorScheme);
    });
  });
}
