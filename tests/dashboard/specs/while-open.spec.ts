import { expect, expectConnectionStatus, expectToast, test } from '../test.js';

test('the connection status updates in every tab and survives a reload', async ({ open, context, organisation }) => {
  const first = await open('/identities');
  const second = await context.newPage();
  await second.goto('/send');
  await expect(second.getByText('No AWS account connected')).toBeVisible();
  await first.getByLabel('Sending region').selectOption('eu-west-1');
  await first.getByRole('button', { name: 'Connect AWS Account' }).click();
  await expectConnectionStatus(first, 'Waiting for stack');
  await second.goto('/identities');
  await expectConnectionStatus(second, 'Waiting for stack');
  await first.reload();
  await expectConnectionStatus(first, 'Waiting for stack');

  await organisation.connect();
  await expectConnectionStatus(first, 'Connected');
  await expectConnectionStatus(second, 'Connected');
  await first.reload();
  await expectConnectionStatus(first, 'Connected');
});

test('manual setup survives a reload', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Sending region').selectOption('eu-west-1');
  await page.getByRole('button', { name: 'Set up manually' }).click();
  await expectConnectionStatus(page, 'Waiting for role');
  await page.reload();
  await expectConnectionStatus(page, 'Waiting for role');
  await page.getByRole('button', { name: 'Use CloudFormation instead' }).click();
  await expectConnectionStatus(page, 'Waiting for stack');
  await expect(page).toHaveURL('/identities');
});

test('the page notices a disconnect made elsewhere', async ({ page, open, organisation }) => {
  await organisation.connect();
  await page.clock.install();
  await open('/identities');
  await expectConnectionStatus(page, 'Connected');
  await organisation.kraiter.awsBinding.disconnect();
  await page.clock.fastForward('01:00');
  await expectConnectionStatus(page, 'Not connected');
  await expect(page.getByRole('region', { name: 'Sender identities' })).toBeHidden();
});

test('a connection is verified, disconnected after confirmation and connected again', async ({
  open,
  organisation,
}) => {
  await organisation.connect();
  const page = await open('/identities');
  const verified: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/verify')) verified.push(request.method());
  });
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expectToast(page, /^Verified just now/);
  expect(verified).toEqual(['POST']);

  await page.getByRole('button', { name: 'Disconnect…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Disconnect/ });
  await expect(dialog).toContainText('Queued and scheduled emails are cancelled');
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Disconnect…' }).click();
  await dialog.getByRole('button', { name: 'Disconnect' }).click();
  await expectConnectionStatus(page, 'Not connected');

  await organisation.connect();
  await page.reload();
  await expectConnectionStatus(page, 'Connected');
});

test('the page reports a lost network and recovers', async ({ open, context, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  await expectConnectionStatus(page, 'Connected');
  await context.setOffline(true);
  await expect(page.getByText('You’re offline.')).toBeVisible();
  await page.getByRole('button', { name: 'Verify now' }).click();
  // The list of identities may show an alert, too.
  await expect(page.getByRole('region', { name: 'Your AWS account is connected' }).getByRole('alert')).toContainText(
    'network_error',
  );
  await context.setOffline(false);
  await expect(page.getByText('You’re offline.')).toBeHidden();
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expectToast(page, /^Verified just now/);
});

test('an expired session leads to the sign-in page and back to the same page', async ({
  open,
  context,
  organisation,
}) => {
  const page = await open('/send');
  await expect(page.getByRole('heading', { name: 'Send a test email' })).toBeVisible();
  await context.clearCookies();
  await page.reload();
  await page.getByLabel('API key').fill(organisation.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Send a test email' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
