import { expect, expectConnectionStatus, openConsole, test } from '../test.js';
import { newAccount } from '../test-env.js';

test('a user gets from sign-in to a delivered email with the quick-create link', async ({ page, organisation }) => {
  const account = newAccount();
  await page.goto('/');
  await page.getByLabel('API key').fill(organisation.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expectConnectionStatus(page, 'Not connected');
  await expect(page.getByRole('banner')).toContainText(organisation.name);

  await page.getByLabel('Sending region').selectOption('eu-central-1');
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expectConnectionStatus(page, 'Waiting for stack');
  await expect(page.getByRole('listitem').filter({ hasText: 'Create the stack' })).toHaveAttribute(
    'aria-current',
    'step',
  );

  const aws = await openConsole(page, () => page.getByRole('link', { name: 'Open AWS console' }).click());
  await expect(aws.getByRole('heading', { name: 'Quick create stack' })).toBeVisible();
  const { externalId } = await organisation.kraiter.awsBinding.get();
  await expect(aws.getByLabel('External ID of your organisation')).toHaveValue(externalId);
  await aws.getByLabel('AWS account', { exact: true }).fill(account);
  await aws.getByRole('button', { name: 'Create stack' }).click();
  await expect(aws.getByRole('alert')).toHaveText(/CAPABILITY_IAM/);
  await aws.getByLabel('I acknowledge').check();
  await aws.getByRole('button', { name: 'Create stack' }).click();
  await expect(aws.getByRole('row', { name: 'Subscription' })).toContainText('CREATE_COMPLETE');
  await expect(aws.getByRole('status')).toHaveText('CREATE_COMPLETE');
  await aws.close();

  await expectConnectionStatus(page, 'Connected');
  const card = page.getByRole('region', { name: 'Your AWS account is connected' });
  for (const fact of [
    account,
    'Europe (Frankfurt)',
    `arn:aws:iam::${account}:role/`,
    'Production',
    '0 of 50,000',
    'Receiving deliveries, bounces and complaints',
    'Last checked',
  ]) {
    await expect(card).toContainText(fact);
  }

  await expect(card.getByRole('link', { name: 'Send a test email' })).toBeHidden();
  await card.getByRole('button', { name: 'Add a domain' }).click();
  await expect(page.getByLabel('Domain or email address')).toBeFocused();
  await page.getByLabel('Domain or email address').fill('example.com');
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByRole('heading', { name: 'example.com' })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(4);
  await expect(page.getByRole('row').last()).toContainText('_domainkey.example.com');
  await expect(page.getByRole('main')).toContainText('Verified');
  await page.getByRole('link', { name: 'Identities' }).last().click();
  const region = page.getByRole('region', { name: 'Europe (Frankfurt) eu-central-1' });
  await expect(region.getByRole('listitem')).toContainText('Verified');

  await page.getByRole('link', { name: 'Send a test email' }).click();
  await expect(page.getByRole('heading', { name: 'Send a test email' })).toBeFocused();
  await page.getByLabel('Local part').fill('news');
  await page.getByRole('radio', { name: /Success/ }).check();
  await expect(page.getByLabel('To', { exact: true })).toHaveValue('success@simulator.amazonses.com');
  await page.getByRole('button', { name: 'Send', exact: true }).click();

  await expect(page.getByRole('heading', { name: 'Test email from Kraiter' })).toBeVisible();
  const history = page.getByRole('region', { name: 'Delivery history' });
  await expect(history.getByText('Delivered', { exact: true })).toBeVisible();
  await expect(history.locator('.timeline .title')).toHaveText([
    'Accepted by Kraiter',
    'Sent to Amazon SES',
    'Accepted by Amazon SES',
    'Delivered',
  ]);
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('news@example.com');

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByRole('main').getByRole('listitem')).toHaveText(
    /Delivered.*Test email from Kraiter.*success@simulator/,
  );
});
