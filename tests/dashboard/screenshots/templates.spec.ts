/** Takes screenshots of templates. */

import { expect, signIn, THEMES, test } from '../test.js';
import { Organisation, setting } from '../test-env.js';
import { captureBoth, DESK } from './capture.js';

const ACCOUNT = setting('KRAITER_SANDBOX_ACCOUNT');

const HTML = `<div style="max-width: 34rem; margin: 0 auto; font-family: Georgia, serif">
  <h1 style="color: #1f4d3a">Thank you, {{ name }}!</h1>
  <p>Your order <strong>{{ order.number }}</strong> is on its way:</p>
  <ul>
    {% for item in order.items %}
    <li>{{ item.name }}: {{ "%.2f" | format(item.price) }} €</li>
    {% endfor %}
  </ul>
  <p><a href="https://acme.example/orders/{{ order.number }}">See it</a></p>
</div>
`;

const VARIABLES =
  '{\n  "name": "Ada",\n  "order": {\n    "number": 1042,\n    "items": [{ "name": "Tea", "price": 4.5 }, { "name": "Jam", "price": 3.2 }]\n  }\n}';

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' }, viewport: DESK });

    test(`screenshots of templates in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      const { kraiter } = organisation;
      await kraiter.templates.create({
        name: 'Password reset',
        subject: 'Set a new password',
        text: 'Open {{ link }}.',
      });
      await kraiter.templates.create({
        name: 'Welcome',
        subject: 'Welcome to {{ shop }}, {{ name }}!',
        html: '<p>Hello {{ name }}!</p>',
      });
      const { id } = await kraiter.templates.create({ name: 'Order confirmation', subject: 'Your order', html: HTML });
      await kraiter.templates.update(id, {
        name: 'Order confirmation',
        subject: 'Your order {{ order.number }}',
        html: HTML,
      });
      await page.goto('/templates');
      await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(3);
      await captureBoth(page, 'templates', colorScheme);

      await page.goto(`/templates/${id}`);
      await page.getByLabel('Sample data').fill(VARIABLES);
      await expect(page.frameLocator('.email-frame').getByText('Thank you, Ada!')).toBeVisible();
      await captureBoth(page, 'template', colorScheme);
      await page.getByLabel('HTML', { exact: true }).fill(HTML.replace('{{ name }}', '{{ name }'));
      await expect(page.getByText('Showing the last valid preview.')).toBeVisible();
      await captureBoth(page, 'template-error', colorScheme);
    });

    test(`screenshots of sending with a template in the ${colorScheme} theme`, async ({ page, context }) => {
      const organisation = await Organisation.create('Acme Post');
      await signIn(context, organisation);
      // Both themes run at once with the same account, so each uses its own region.
      await organisation.connect(ACCOUNT, colorScheme === 'light' ? 'eu-central-1' : 'eu-west-1');
      await organisation.verifiedIdentity('acme.example');
      const { id } = await organisation.kraiter.templates.create({
        name: 'Order confirmation',
        subject: 'Your order {{ order.number }}',
        html: HTML,
      });
      await page.goto(`/send?template=${id}`);
      await page.getByLabel('Variables').fill(VARIABLES);
      await expect(page.frameLocator('.email-frame').getByText('Thank you, Ada!')).toBeVisible();
      await page.getByLabel('To', { exact: true }).fill('success@simulator.amazonses.com\nada@elsewhere.example');
      await page.getByText('Cc, Bcc, Reply-To and tags').click();
      await page.getByLabel('Tags').fill('campaign=orders');
      await page.getByLabel('Attachments', { exact: true }).setInputFiles([
        { name: 'invoice-1042.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(48_200) },
        { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.alloc(2_100) },
      ]);
      await captureBoth(page, 'send-template', colorScheme);
    });
  });
}
