import { Page } from '../parts/page';

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <p>The address leads nowhere. <a href="/identities">Go to Identities</a>.</p>
    </Page>
  );
}
