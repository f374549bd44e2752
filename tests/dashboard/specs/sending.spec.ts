import { expect, test } from '../test.js';
import { setting } from '../test-env.js';

test('the sandbox restriction is shown before and after sending', async ({ open, organisation }) => {
  await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
  await organisation.verifiedIdentity('hello@example.com');
  const page = await open('/identities');
  await expect(page.getByText('Your account is in the SES sandbox in this region')).toBeVisible();
  await expect(page.getByRole('link', { name: 'request production access', exact: true })).toHaveAttribute(
    'href',
    '/production-access?region=eu-west-1',
  );

  await page.getByRole('link', { name: 'Send a test email' }).click();
  await expect(page.getByText('Your account is in the SES sandbox in Europe (Ireland)')).toBeVisible();
  const to = page.getByLabel('To', { exact: true });
  await to.fill('someone@elsewhere.example');
  await expect(to).toHaveAccessibleDescription(/In the SES sandbox you can send only to verified recipients/);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(to).toHaveAccessibleDescription(/Not verified: someone@elsewhere.example/);
  await expect(to).toBeFocused();
  await to.fill('hello@example.com');
  await expect(to).not.toHaveAttribute('aria-invalid');
  await page.getByRole('radio', { name: /Success/ }).check();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(
    page.getByRole('region', { name: 'Delivery history' }).getByText('Delivered', { exact: true }),
  ).toBeVisible();
});

test('a bounce and a complaint appear in the delivery history', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const send = (to: string) =>
    organisation.kraiter.emails.send({
      from: 'Demo <a@example.com>',
      to,
      subject: `To ${to}`,
      text: 'x',
      tags: { kind: 'test' },
    });
  const bounce = await send('bounce@simulator.amazonses.com');
  const complaint = await send('complaint@simulator.amazonses.com');

  const page = await open(`/activity/${bounce.id}`);
  const history = page.getByRole('region', { name: 'Delivery history' });
  await expect(history.getByText('Bounced', { exact: true })).toBeVisible();
  await expect(history).toContainText('Permanent');
  await expect(history.locator('time').first()).toHaveText(/\d{1,2} \w+ \d{4}, \d\d:\d\d:\d\d/);
  await history.getByText('Raw SES event').last().click();
  await expect(history.locator('pre').last()).toContainText('bounceType');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('kind=test');

  await page.goto(`/activity/${complaint.id}`);
  await expect(history.getByText('Marked as spam')).toBeVisible();

  await page.getByRole('link', { name: 'Activity' }).last().click();
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows.filter({ hasText: 'To bounce' })).toContainText('Bounced');
  await expect(rows.filter({ hasText: 'To complaint' })).toContainText('Complaint');
});

test('tracking is off until it is switched on, and an email shows what it asked for', async ({
  open,
  organisation,
}) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/settings');
  const toggle = page.getByRole('switch', { name: 'Allow emails to be tracked' });
  await expect(toggle).not.toBeChecked();
  await expect(toggle).toHaveAccessibleDescription(/adds an invisible image.*replaces every link.*ses:no-track/s);
  await toggle.click();
  await expect(toggle).toBeChecked();
  await expect(page.getByText(/^kraiter-tracking-/)).toBeVisible();
  const { id } = await organisation.kraiter.emails.send({
    from: 'a@example.com',
    to: 'success@simulator.amazonses.com',
    subject: 'Tracked',
    html: '<p>x</p>',
    tracking: { opens: true, clicks: false },
  });
  await toggle.click();
  await expect(toggle).not.toBeChecked();
  await page.goto(`/activity/${id}`);
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details.getByText('Opens', { exact: true })).toBeVisible();
});

test('loading older emails focuses the first of them', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  for (let n = 1; n <= 22; n++) {
    await organisation.kraiter.emails.send({
      from: 'a@example.com',
      to: 'success@simulator.amazonses.com',
      subject: `Number ${n}`,
      text: 'x',
    });
  }
  const page = await open('/activity');
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows).toHaveCount(20);
  await page.getByRole('button', { name: 'Load older emails' }).click();
  await expect(rows).toHaveCount(22);
  await expect(page.getByRole('link', { name: /Number 2 / })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Load older emails' })).toBeHidden();
});

test('files are attached, and one is embedded in the HTML', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/send');
  await page.getByLabel('To', { exact: true }).fill('success@simulator.amazonses.com');
  await page.getByLabel('HTML', { exact: true }).fill('<img src="cid:logo" alt="Logo">');
  const attachments = page.getByLabel('Attachments', { exact: true });
  await attachments.setInputFiles([
    { name: 'résumé ✓.txt', mimeType: 'text/plain', buffer: Buffer.from('Grüße') },
    { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.alloc(2_500, 1) },
  ]);
  await attachments.setInputFiles([{ name: 'gone.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }]);
  const attached = page.getByRole('list', { name: 'Attached files' }).getByRole('listitem');
  await expect(attached).toHaveText([/résumé ✓.txt.*7 byte/, /logo.png.*2.5 kB/, /gone.txt/]);
  await page.getByRole('button', { name: 'Remove gone.txt' }).click();
  await expect(attached).toHaveCount(2);
  await expect(attachments).toBeFocused();
  await page.getByLabel('Content ID of logo.png').fill('logo');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details).toContainText('résumé ✓.txt');
  await expect(details).toContainText('image/png, 2.5 kB');
});

test('an unsupported attachment is named in the error', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/send');
  await page.getByLabel('To', { exact: true }).fill('success@simulator.amazonses.com');
  const attachments = page.getByLabel('Attachments', { exact: true });
  await attachments.setInputFiles([
    { name: 'fine.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
    { name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('x') },
  ]);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(attachments).toHaveAttribute('aria-invalid', 'true');
  await expect(attachments).toHaveAccessibleDescription(/setup\.exe: /);
  await expect(attachments).toBeFocused();
  await page.getByRole('button', { name: 'Remove setup.exe' }).click();
  await expect(attachments).not.toHaveAttribute('aria-invalid');
  expect((await organisation.kraiter.emails.list()).data).toEqual([]);
});
