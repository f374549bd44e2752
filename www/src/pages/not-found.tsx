import { Page } from '../components/page';

export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <div class="empty">
        <p>Check the URL or go back to Identities.</p>
        <a class="button" href="/identities">
          Go to Identities
        </a>
      </div>
    </Page>
  );
}
