import { Page } from '../parts/page';

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <div class="empty">
        <p>This address leads nowhere.</p>
        <a class="button" href="/identities">
          Go to Identities
        </a>
      </div>
    </Page>
  );
}
