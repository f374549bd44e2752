/** The links between the logs. */
export function LogViews({ current }: { current: 'aws-calls' | 'requests' }) {
  return (
    <nav class="views" aria-label="Logs">
      <a href="/logs" aria-current={current === 'aws-calls' ? 'page' : undefined}>
        AWS calls
      </a>
      <a href="/logs/requests" aria-current={current === 'requests' ? 'page' : undefined}>
        Requests
      </a>
    </nav>
  );
}
