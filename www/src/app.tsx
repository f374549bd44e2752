import { ErrorBoundary, LocationProvider, Route, Router } from 'preact-iso';

import { ConnectionProvider } from './connection/use-connection';
import { Layout } from './layout';
import { ActivityPage } from './pages/activity';
import { EmailPage } from './pages/email';
import { IdentitiesPage } from './pages/identities';
import { NotFoundPage } from './pages/not-found';
import { SendPage } from './pages/send';
import { SignInPage } from './pages/sign-in';
import { AnnouncerProvider } from './parts/announcer';
import { Loading } from './parts/loading';
import { ProblemNotice } from './parts/problem';
import { type Session, SessionProvider, useSession } from './session';

/** Everything: the session decides between the sign-in page and the pages behind it. */
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
  return session.organisation ? <SignedIn /> : <SignedOut session={session} />;
}

function SignedOut({ session }: { session: Session }) {
  if (session.state === 'loading') return <main class="splash"><Loading what="Opening the dashboard" /></main>;
  if (session.state === 'failed') {
    return (
      <main class="splash">
        <h1 class="visually-hidden">Kraiter</h1>
        <ProblemNotice error={session.error} retry={session.reload} />
      </main>
    );
  }
  return <SignInPage />;
}

function SignedIn() {
  return (
    <ConnectionProvider>
      <Layout>
        <ErrorBoundary>
          <Router>
            <Route path="/" component={IdentitiesPage} />
            <Route path="/identities" component={IdentitiesPage} />
            <Route path="/activity" component={ActivityPage} />
            <Route path="/activity/:id" component={EmailPage} />
            <Route path="/send" component={SendPage} />
            <Route default component={NotFoundPage} />
          </Router>
        </ErrorBoundary>
      </Layout>
    </ConnectionProvider>
  );
}
