import { spawn } from 'node:child_process';
import { shareText } from '../../../www/src/connection/share-link.js';
import { COMMON_REGIONS, regionOfTimeZone } from '../../../www/src/connection/suggest-region.js';
import { expect, expectAccessibleEverywhere, expectConnectionStatus, expectToast, THEMES, test } from '../test.js';
import { setting } from '../test-env.js';

/** Regions that are enabled in every AWS account. */
const ALWAYS_ENABLED =
  /^(us-(east|west)-[12]|ca-central-1|sa-east-1|eu-(west-[123]|central-1|north-1)|ap-(south-1|northeast-[123]|southeast-[12]))$/;

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`the checklist follows the organisation to its webhook in the ${colorScheme} theme`, async ({
      open,
      organisation,
    }) => {
      test.slow();
      const page = await open('/');
      const checklist = page.getByRole('region', { name: 'Get started' });
      const next = checklist.locator('[aria-current=step]');
      await expect(checklist).toContainText('0 of 5 steps done');
      await expect(next).toContainText('Connect AWS');
      await expectAccessibleEverywhere(page);
      await next.getByRole('link').click();
      await expect(page.getByRole('heading', { name: 'Connect your AWS account' })).toBeFocused();

      await organisation.connect();
      await page.reload();
      await expectConnectionStatus(page, 'Connected');
      await expect(next).toContainText('Add your domain');
      await next.getByRole('link').click();
      await expect(page.getByLabel('Domain or email address')).toBeFocused();

      const id = await organisation.verifiedIdentity('onboarding.example');
      await page.reload();
      await expect(next).toContainText('Send the first email');
      await expect(checklist).toContainText('3 of 5 steps done');
      await expect(checklist.getByRole('link', { name: 'Publish its DNS records' })).toHaveAttribute(
        'href',
        `/identities/${id}`,
      );
      await expectAccessibleEverywhere(page);
      await next.getByRole('link').click();
      await expect(page).toHaveURL('/send');

      await organisation.kraiter.emails.send({
        from: 'hello@onboarding.example',
        to: 'success@simulator.amazonses.com',
        subject: 'First',
        text: 'x',
      });
      await page.goto('/');
      await next.getByRole('link').click();
      await expect(page).toHaveURL('/webhooks');
      await organisation.kraiter.webhooks.create({ url: 'https://example.com/hook', events: ['email.delivered'] });
      await page.goto('/');
      await expectConnectionStatus(page, 'Connected');
      await expect(checklist).toBeHidden();
    });
  });
}

test('a domain whose records are missing is where the checklist continues', async ({ open, organisation, page }) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('pending.example');
  await page.route(/\/v1\/identities(\?.*)?$/, async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    await route.fulfill({
      response,
      json: { ...list, data: list.data.map((entry: object) => ({ ...entry, verified: false })) },
    });
  });
  await open('/');
  const next = page.getByRole('region', { name: 'Get started' }).locator('[aria-current=step]');
  await expect(next).toContainText('pending.example is waiting for its records.');
  await expect(next.getByRole('link')).toHaveAttribute('href', `/identities/${id}`);
});

test('a dismissed checklist stays away until the settings bring it back', async ({ open }) => {
  const page = await open('/');
  const checklist = page.getByRole('region', { name: 'Get started' });
  await checklist.getByRole('button', { name: 'Dismiss' }).click();
  await expect(checklist).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(checklist).toBeVisible();
  await checklist.getByRole('button', { name: 'Dismiss' }).click();
  await page.reload();
  await expectConnectionStatus(page, 'Not connected');
  await expect(checklist).toBeHidden();
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Show the checklist again' }).click();
  await page.goto('/');
  await expect(checklist).toBeVisible();
});

test('every time zone has a region that each account can use', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    if (zone === 'UTC' || zone.startsWith('Etc/')) continue;
    expect(regionOfTimeZone(zone), zone).toMatch(ALWAYS_ENABLED);
  }
  for (const region of COMMON_REGIONS) expect(region).toMatch(ALWAYS_ENABLED);
  for (const [zone, region] of [
    ['Europe/Berlin', 'eu-central-1'],
    ['Europe/London', 'eu-west-2'],
    ['America/New_York', 'us-east-1'],
    ['America/Los_Angeles', 'us-west-1'],
    ['America/Sao_Paulo', 'sa-east-1'],
    ['Asia/Kolkata', 'ap-south-1'],
    ['Asia/Singapore', 'ap-southeast-1'],
    ['Australia/Sydney', 'ap-southeast-2'],
    ['Africa/Nairobi', 'eu-west-1'],
  ] as const)
    expect(regionOfTimeZone(zone), zone).toBe(region);
  expect(regionOfTimeZone('Etc/UTC')).toBeUndefined();
});

test('the region near the user is selected, and common regions come first', async ({ open }) => {
  const page = await open('/');
  const select = page.getByLabel('Sending region');
  await expect(select).toHaveValue('eu-central-1');
  await expect(select).toHaveAccessibleDescription(/Europe \(Frankfurt\) is near you/);
  const groups = select.locator('optgroup');
  await expect(groups.nth(0)).toHaveAttribute('label', 'Near you');
  await expect(groups.nth(1)).toHaveAttribute('label', 'Common');
  await expect(groups.nth(1).locator('option')).toHaveCount(COMMON_REGIONS.length - 1);
  const values = await select
    .locator('option')
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  expect(new Set(values).size).toBe(values.length);
});

test('a text for a colleague has the link and nothing else that is secret', async ({ open, organisation }) => {
  const page = await open('/');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Connect AWS Account' }).click();
  await page.getByText('Ask a colleague with AWS access').click();
  const link = (await page.getByRole('link', { name: 'Open AWS console' }).getAttribute('href')) ?? '';
  await page.getByRole('button', { name: 'Copy message' }).click();
  await expectToast(page, 'Copied message');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(link);
  await page.getByRole('button', { name: 'Copy link only' }).click();
  await expectToast(page, 'Copied link');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const mail = new URL((await page.getByRole('link', { name: 'Write email' }).getAttribute('href')) ?? '');
  expect(mail.protocol).toBe('mailto:');
  expect(mail.searchParams.get('body')).toBe(text);

  // Each secret of the organisation occurs in the link only, and names of the organisation don't occur at all.
  const details = await organisation.kraiter.awsBinding.connect({ region: 'eu-west-1' });
  const rest = shareText(details).replace(details.quickCreateUrl, '');
  expect(rest).not.toMatch(/https?:|kr_|externalid/i);
  expect(text).not.toContain(organisation.name);
  for (const secret of [details.externalId, organisation.apiKey]) expect(rest).not.toContain(secret);
  await expect(page.getByLabel('Message')).toHaveAccessibleDescription(/until a stack has used it/);
  await expectAccessibleEverywhere(page);
});

/** Runs a program with an input, and returns its exit code and output. */
const run = (program: string, args: string[], input: string, key: string) =>
  new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const env = { ...process.env, KRAITER_API_KEY: key };
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });

test('each snippet sends an email from the organisation’s own identity', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('snippets.example');
  const page = await open('/send');
  const card = page.getByRole('region', { name: 'Send from your code' });
  for (const [tab, program, args] of [
    ['curl', 'bash', ['-s']],
    ['Node.js', process.execPath, ['--input-type=module']],
    ['Python', 'python3', ['-']],
  ] as const) {
    await card.getByRole('tab', { name: tab }).click();
    const code = await card.locator('pre').last().innerText();
    expect(code).toContain(setting('KRAITER_URL'));
    expect(code).toContain('hello@snippets.example');
    const { code: exit, output } = await run(program, [...args], code, organisation.apiKey);
    expect(exit, output).toBe(0);
    expect(output).toContain('sent');
  }
  expect((await organisation.kraiter.emails.list()).data.map(({ from }) => from)).toEqual(
    Array(3).fill('hello@snippets.example'),
  );
  await card.getByRole('tab', { name: 'Python' }).press('ArrowRight');
  await expect(card.getByRole('tab', { name: 'curl' })).toBeFocused();
  await expectAccessibleEverywhere(page);
});
