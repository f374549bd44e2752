/** Adding, verifying and deleting domains and addresses. */

import { readFileSync } from 'node:fs';

import type { DnsCheck, Identity } from '@kraiter/sdk';
import { expect, expectAccessible, test } from '../test.js';
import { publish } from '../test-env.js';

const KEY = readFileSync(new URL('../../vectors/dkim/rsa-2048.pkcs1.pem', import.meta.url), 'utf8');

test('a domain is added, its records are published, and the DNS check shows their state', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await open('/identities');
  await page.getByLabel('Domain or email address').fill('mail.journey.example');
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByRole('heading', { name: 'mail.journey.example' })).toBeFocused();
  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await expect(dns.getByRole('row')).toHaveCount(4);

  await publish('mail.journey.example', 'TXT', ['v=spf1 include:other.example -all']);
  await dns.getByRole('button', { name: 'Check DNS' }).click();
  await expect(dns.getByRole('cell', { name: 'Pending' })).toHaveCount(3);
  await expect(dns.getByText(/If you've just added it/)).toBeVisible();
  const spf = dns.getByRole('region', { name: /SPF/ });
  await expect(spf.locator('.tag')).toHaveText('Change');
  await expect(spf).toContainText('v=spf1 include:other.example include:amazonses.com -all');
  await expect(dns.getByRole('region', { name: /DMARC/ })).toContainText('v=DMARC1; p=none');
  await expect(dns).toContainText('In zone journey.example');

  await dns.getByRole('button', { name: /^Copy value of the SPF record/ }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'v=spf1 include:other.example include:amazonses.com -all',
  );

  const downloaded = page.waitForEvent('download');
  await dns.getByRole('button', { name: 'Download zone file' }).click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toBe('mail.journey.example.zone');
  const zone = readFileSync(await file.path(), 'utf8');
  const [identity] = (await organisation.kraiter.identities.list()).data;
  for (const { name, value } of identity?.dnsRecords ?? []) {
    expect(zone).toContain(`${name}. 1800 IN CNAME ${value}.`);
    await publish(name, 'CNAME', [value]);
  }

  await dns.getByRole('button', { name: 'Check DNS' }).click();
  await expect(dns.getByText('All DNS records required by SES are in place.')).toBeVisible();
  await expect(dns.getByRole('cell', { name: 'Found' })).toHaveCount(3);
  await page.getByRole('link', { name: 'Identities' }).last().click();
  await expect(page.getByRole('link', { name: /mail\.journey\.example.*Verified/ })).toBeVisible();
});

test('the DNS check shows missing and wrong records with how to fix them', async ({ open, organisation, context }) => {
  await organisation.connect();
  const { id, dnsRecords } = await organisation.kraiter.identities.create({ identity: 'example.com' });
  const [one, two, three] = dnsRecords;
  if (!one || !two || !three) throw new Error('SES gave fewer than three records');
  const check: DnsCheck = {
    id,
    identity: 'example.com',
    region: 'eu-west-1',
    checkedAt: new Date().toISOString(),
    complete: false,
    zone: 'example.com',
    records: [
      { ...one, host: 'a._domainkey', status: 'found', found: [], message: 'The record is published.', help: null },
      {
        ...two,
        host: 'b._domainkey',
        status: 'mismatch',
        found: ['192.0.2.1'],
        message: 'An address record exists instead of the CNAME record.',
        help: 'Switch the proxy off.',
      },
      {
        ...three,
        host: 'c._domainkey',
        status: 'missing',
        found: [],
        message: 'The record is missing.',
        help: 'Publish it.',
      },
    ],
    advice: [
      {
        purpose: 'spf',
        action: 'fix_manually',
        type: 'TXT',
        name: 'example.com',
        host: '@',
        value: null,
        found: ['v=spf1 -all', 'v=spf1 mx -all'],
        message: 'There are several SPF records.',
      },
      {
        purpose: 'dmarc',
        action: 'keep',
        type: 'TXT',
        name: '_dmarc.example.com',
        host: '_dmarc',
        value: null,
        found: ['v=DMARC1; p=reject'],
        message: 'There is a DMARC record.',
      },
    ],
    checkAgainAfterSeconds: 60,
  };
  let requests = 0;
  await context.route('**/check-dns', (route) =>
    route.fulfill({
      json:
        ++requests === 1
          ? check
          : {
              ...check,
              complete: true,
              records: check.records.map((record) => ({ ...record, status: 'found' })),
              checkAgainAfterSeconds: null,
            },
    }),
  );
  const page = await open(`/identities/${id}`);
  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await page.clock.install();
  await dns.getByRole('button', { name: 'Check DNS' }).click();
  for (const word of ['Found', 'Mismatch', 'Missing'])
    await expect(dns.getByRole('cell', { name: word })).toBeVisible();
  await expect(dns).toContainText('192.0.2.1');
  await expect(dns).toContainText('Switch the proxy off.');
  await expect(dns.getByRole('region', { name: /SPF/ }).locator('.tag')).toHaveText('Fix');
  await expect(dns.getByRole('region', { name: /DMARC/ }).locator('.tag')).toHaveText('OK');
  await expectAccessible(page);
  // The check repeats until no record is pending.
  await page.clock.runFor(61_000);
  await expect(dns.getByText('All DNS records required by SES are in place.')).toBeVisible();
  await page.clock.runFor(120_000);
  expect(requests).toBe(2);
});

test('the page of an identity refreshes until SES has verified it', async ({ page, open, organisation, context }) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('example.com');
  const verified = await organisation.kraiter.identities.get(id);
  let requests = 0;
  await context.route(`**/v1/identities/${id}`, (route) => {
    const pending: Identity = {
      ...verified,
      verified: false,
      verificationStatus: 'pending',
      dkimStatus: 'pending',
      pollAfterSeconds: 10,
    };
    return route.fulfill({ json: ++requests < 3 ? pending : { ...verified, pollAfterSeconds: null } });
  });
  await page.clock.install();
  await open(`/identities/${id}`);
  await expect(page.getByText('Waiting for SES to find the DNS records.')).toBeVisible();
  await expect(
    page.getByText('Publish these records at your DNS provider. AWS is checking for the records.'),
  ).toBeVisible();
  for (let n = 2; n <= 3; n++) {
    await page.clock.runFor(10_000);
    await expect.poll(() => requests).toBe(n);
  }
  await expect(page.getByText('Every email is signed with DKIM.')).toBeVisible();
  await expect(page.locator('[aria-live]')).toHaveText('example.com is verified');
  await page.clock.runFor(300_000);
  expect(requests).toBe(3);
});

test('the private key of a domain is sent to SES and stored nowhere in the browser', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  const page = await open('/identities');
  await page.getByLabel('Domain or email address').fill('own-key.example');
  await page.getByText('DKIM options').click();
  await page.getByRole('radio', { name: /Your own key/ }).check();
  await page.getByLabel('Selector').fill('not a selector');
  await page.getByRole('textbox', { name: 'Private key' }).fill(KEY);
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByLabel('Selector')).toHaveAttribute('aria-invalid', 'true');
  // Submitting clears the private key, even if the API rejects the form.
  await expect(page.getByRole('textbox', { name: 'Private key' })).toHaveValue('');

  await page.getByLabel('Selector').fill('kraiter1');
  await page.getByRole('textbox', { name: 'Private key' }).fill(KEY);
  await page.getByRole('button', { name: 'Add identity' }).click();
  await expect(page.getByRole('heading', { name: 'own-key.example' })).toBeVisible();
  const dns = page.getByRole('region', { name: 'DNS records', exact: true });
  await expect(dns.getByRole('row').last()).toContainText('kraiter1._domainkey.own-key.example');
  await expect(page.getByRole('region', { name: 'DKIM signing' })).toContainText('Your own key');

  const secret = KEY.split('\n')[1] ?? '';
  expect(secret.length).toBeGreaterThan(40);
  const stored = await page.evaluate(() =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      history.state,
      location.href,
      document.documentElement.outerHTML,
    ]),
  );
  expect(stored).not.toContain(secret);
  expect(JSON.stringify(await context.storageState())).not.toContain(secret);
  await page.goBack();
  await page.getByText('DKIM options').click();
  await page.getByRole('radio', { name: /Your own key/ }).check();
  await expect(page.getByRole('textbox', { name: 'Private key' })).toHaveValue('');
});

test('the DKIM key changes from an SES key to an own key and back to a shorter SES key', async ({
  open,
  organisation,
}) => {
  await organisation.connect();
  const id = await organisation.verifiedIdentity('example.com');
  const page = await open(`/identities/${id}`);
  const signing = page.getByRole('region', { name: 'DKIM signing' });
  await expect(signing).toContainText('Generated and rotated by Amazon SES');
  await signing.getByText('Change key').first().click();
  await signing.getByRole('radio', { name: /Your own key/ }).check();
  await signing.getByLabel('Selector').fill('kraiter2');
  await signing.getByRole('textbox', { name: 'Private key' }).fill(KEY);
  await signing.getByRole('button', { name: 'Change key' }).click();
  await expect(signing).toContainText('Key changed.');
  await expect(signing).toContainText('kraiter2');
  await expect(signing.getByRole('textbox', { name: 'Private key' })).toHaveValue('');
  await expect(page.getByRole('region', { name: 'DNS records', exact: true }).getByRole('row').last()).toContainText(
    'kraiter2._domainkey.example.com',
  );

  await signing.getByRole('radio', { name: /1024 bits/ }).check();
  await signing.getByRole('button', { name: 'Change key' }).click();
  await expect(signing).toContainText('Generated and rotated by Amazon SES');
  expect((await organisation.kraiter.identities.get(id)).dkim?.origin).toBe('easy_dkim');
});

test('a pending address is deleted only after confirmation', async ({ open, organisation, context }) => {
  await organisation.connect();
  const { id } = await organisation.kraiter.identities.create({ identity: 'someone@example.org' });
  await context.route(`**/v1/identities/${id}`, async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const response = await route.fetch();
    return route.fulfill({
      response,
      json: { ...(await response.json()), verified: false, verificationStatus: 'pending', pollAfterSeconds: 60 },
    });
  });
  const page = await open('/identities');
  await page.getByRole('link', { name: /someone@example\.org/ }).click();
  await expect(page.getByText('AWS has sent an email to this address.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'DNS records', exact: true })).toBeHidden();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Delete someone@example.org in eu-west-1?');
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page).toHaveURL('/identities');
  await expect(page.getByText('No identities yet')).toBeVisible();
  expect((await organisation.kraiter.identities.list()).data).toEqual([]);
});
