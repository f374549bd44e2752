/** What a snippet is filled with. The API key comes from the environment, so that nobody commits it. */
export interface SnippetValues {
  /** The Worker's origin. */
  origin: string;
  from: string;
  to: string;
}

export interface Snippet {
  id: 'curl' | 'node' | 'python';
  name: string;
  /** What has to be done before the code runs. */
  setup: string;
  code: string;
}

const SUBJECT = 'Hello from Kraiter';
const TEXT = 'It works.';

/** Returns code that sends an email, in several languages. */
export function snippets({ origin, from, to }: SnippetValues): Snippet[] {
  const text = JSON.stringify;
  return [
    {
      id: 'curl',
      name: 'curl',
      setup: 'export KRAITER_API_KEY=kr_key_…',
      code: `curl --fail-with-body ${origin}/v1/emails \\
  --header "Authorization: Bearer $KRAITER_API_KEY" \\
  --header "Content-Type: application/json" \\
  --data '{
    "from": ${text(from)},
    "to": ${text(to)},
    "subject": ${text(SUBJECT)},
    "text": ${text(TEXT)}
  }'
`,
    },
    {
      id: 'node',
      name: 'Node.js',
      setup: 'npm install @kraiter/sdk\nexport KRAITER_API_KEY=kr_key_…',
      code: `import { Kraiter } from '@kraiter/sdk';

const kraiter = new Kraiter({
  baseUrl: ${text(origin)},
  apiKey: process.env.KRAITER_API_KEY,
});

const { id, status } = await kraiter.emails.send({
  from: ${text(from)},
  to: ${text(to)},
  subject: ${text(SUBJECT)},
  text: ${text(TEXT)},
});
console.log(id, status);
`,
    },
    {
      id: 'python',
      name: 'Python',
      setup: 'export KRAITER_API_KEY=kr_key_…',
      code: `import json, os, urllib.request

request = urllib.request.Request(
    ${text(`${origin}/v1/emails`)},
    data=json.dumps({
        "from": ${text(from)},
        "to": ${text(to)},
        "subject": ${text(SUBJECT)},
        "text": ${text(TEXT)},
    }).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['KRAITER_API_KEY']}",
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))
`,
    },
  ];
}
