import { useErrorBoundary } from 'preact/hooks';
import { LocationProvider, Route, Router } from 'preact-iso';
import { AnnouncerProvider } from './components/announcer';
import { Loading } from './components/loading';
import { ErrorNotice } from './components/notice';
import { ToastProvider } from './components/toasts';
import { ConnectionProvider } from './connection/use-connection';
import { PlacesProvider } from './hooks/use-places';
import { Layout } from './layout';
import { ActivityPage } from './pages/activity';
import { AwsCallsPage } from './pages/aws-calls';
import { EmailPage } from './pages/email';
import { IdentitiesPage } from './pages/identities';
import { IdentityPage } from './pages/identity';
import { KeysPage } from './pages/keys';
import { MetricsPage } from './pages/metrics';
import { NotFoundPage } from './pages/not-found';
import { ProductionAccessPage } from './pages/production-access';
import { RequestsPage } from './pages/requests';
import { SendPage } from './pages/send';
import { SendingPage } from './pages/sending';
import { SettingsPage } from './pages/settings';
import { SignInPage } from './pages/sign-in';
import { SuppressionsPage } from './pages/suppressions';
import { TemplatePage } from './pages/template';
import { TemplatesPage } from './pages/templates';
import { WebhooksPage } from './pages/webhooks';
import { type Session, SessionProvider, useSession } from './session';
import { UnsavedChangesProvider } from './unsaved-changes';

/** The dashboard: the sign-in page, or the pages of the signed-in organisation. */
export function App() {
  return (
    <AnnouncerProvider>
      <LocationProvider>
        <SessionProvider>
          <Pages />
        </SessionProvider>
      </LocationProvider>
    </AnnouncerProvider>
  );
}

function Pages() {
  const session = useSession();
  const [error, reset] = useErrorBoundary();
  if (error !== undefined) return <FullPageError error={error} retry={reset} />;
  return session.organisation ? <SignedIn /> : <SignedOut session={session} />;
}

function SignedOut({ session }: { session: Session }) {
  if (session.state === 'loading')
    return (
      <main class="splash">
        <Loading what="Loading the dashboard" />
      </main>
    );
  if (session.state === 'failed') return <FullPageError error={session.error} retry={session.reload} />;
  return <SignInPage />;
}

/** An error shown in place of the whole dashboard. */
function FullPageError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main class="splash">
      <h1 class="visually-hidden">Kraiter</h1>
      <ErrorNotice error={error} retry={retry} />
    </main>
  );
}

function SignedIn() {
  return (
    <ToastProvider>
      <ConnectionProvider>
        <UnsavedChangesProvider>
          <PlacesProvider>
            <Layout>
              <Router>
                <Route path="/" component={IdentitiesPage} />
                <Route path="/identities" component={IdentitiesPage} />
                <Route path="/identities/:id" component={IdentityPage} />
                <Route path="/activity" component={ActivityPage} />
                <Route path="/activity/:id" component={EmailPage} />
                <Route path="/templates" component={TemplatesPage} />
                <Route path="/templates/:id" component={TemplatePage} />
                <Route path="/send" component={SendPage} />
                <Route path="/sending" component={SendingPage} />
                <Route path="/email-metrics" component={MetricsPage} />
                <Route path="/suppressions" component={SuppressionsPage} />
                <Route path="/logs" component={AwsCallsPage} />
                <Route path="/logs/requests" component={RequestsPage} />
                <Route path="/webhooks" component={WebhooksPage} />
                <Route path="/keys" component={KeysPage} />
                <Route path="/production-access" component={ProductionAccessPage} />
                <Route path="/settings" component={SettingsPage} />
                <Route default component={NotFoundPage} />
              </Router>
            </Layout>
          </PlacesProvider>
        </UnsavedChangesProvider>
      </ConnectionProvider>
    </ToastProvider>
  );
}
