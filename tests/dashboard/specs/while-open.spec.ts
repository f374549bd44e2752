import { cardSays, expect, test } from '../test.js';

test('it turns green by itself in every tab, and after a reload', async ({ open, context, organisation }) => {
  const first = await open('/identities');
  const second = await context.newPage();
  await second.goto('/send');
  await expect(second.getByText('No AWS account is connected')).toBeVisible();
  await first.getByLabel('Region to send from').selectOption('eu-west-1');
  await first.getByRole('button', { name: 'Connect AWS Account' }).click();
  await cardSays(first, 'Waiting for the stack');
  await second.goto('/identities');
  await cardSays(second, 'Waiting for the stack');
  await first.reload();
  await cardSays(first, 'Waiting for the stack');

  await organisation.connect();
  await cardSays(first, 'Connected');
  await cardSays(second, 'Connected');
  await first.reload();
  await cardSays(first, 'Connected');
});

test('manual set-up outlives a reload', async ({ open }) => {
  const page = await open('/identities');
  await page.getByLabel('Region to send from').selectOption('eu-west-1');
  await page.getByRole('button', { name: 'Set up manually' }).click();
  await cardSays(page, 'Waiting for the role');
  await page.reload();
  await cardSays(page, 'Waiting for the role');
  await page.getByRole('button', { name: 'Use the stack instead' }).click();
  await cardSays(page, 'Waiting for the stack');
  await expect(page).toHaveURL('/identities');
});

test('it turns grey by itself when the connection is ended elsewhere', async ({ page, open, organisation }) => {
  await organisation.connect();
  await page.clock.install();
  await open('/identities');
  await cardSays(page, 'Connected');
  await organisation.kraiter.awsBinding.disconnect();
  await page.clock.fastForward('01:00');
  await cardSays(page, 'Not connected');
  await expect(page.getByRole('region', { name: 'Sender identities' })).toBeHidden();
});

test('a person verifies, disconnects after a question, and connects again', async ({ open, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  const verified: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/verify')) verified.push(request.method());
  });
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText('Verified just now')).toBeVisible();
  expect(verified).toEqual(['POST']);

  await page.getByRole('button', { name: 'Disconnect…' }).click();
  const question = page.getByRole('dialog');
  await question.getByRole('button', { name: 'Keep it' }).click();
  await expect(question).toBeHidden();
  await page.getByRole('button', { name: 'Disconnect…' }).click();
  await question.getByRole('button', { name: 'Disconnect' }).click();
  await cardSays(page, 'Not connected');

  await organisation.connect();
  await page.reload();
  await cardSays(page, 'Connected');
});

test('without a network it says so, and goes on when that is back', async ({ open, context, organisation }) => {
  await organisation.connect();
  const page = await open('/identities');
  await cardSays(page, 'Connected');
  await context.setOffline(true);
  await expect(page.getByText('You are offline.')).toBeVisible();
  await page.getByRole('button', { name: 'Verify now' }).click();
  // The list of identities may have something to say, too.
  await expect(page.getByRole('region', { name: 'Kraiter can send' }).getByRole('alert')).toContainText(
    'network_error',
  );
  await context.setOffline(false);
  await expect(page.getByText('You are offline.')).toBeHidden();
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText('Verified just now')).toBeVisible();
});

test('a session that is over leads to signing in, and back to the same page', async ({
  open,
  context,
  organisation,
}) => {
  const page = await open('/activity');
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
  await context.clearCookies();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Send a test' }).click();
  await page.reload();
  await page.getByLabel('API key').fill(organisation.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Send a test email' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
