import { useEffect, useRef } from 'preact/hooks';

/** The pages that the HTML is put into. Their content security policies allow only inline styles and images: any, or only those in the email. */
const [PAGE, OFFLINE_PAGE] = ['/preview', '/preview-offline'].map((page) =>
  import.meta.env.DEV ? `${page}.html` : page,
);

/** The height of the frame's borders, in pixels. */
const BORDER_HEIGHT = 2;

/**
 * Renders the HTML of an email in a sandboxed frame, which can't run scripts, submit forms, open windows or navigate. The frame has
 * this origin so that the HTML can be inserted without relaxing the policies of this page. Unless `remote` is set, it loads nothing.
 */
export function EmailFrame({ html, title, remote }: { html: string; title: string; remote: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const observer = useRef<ResizeObserver>(undefined);
  const show = () => {
    const root = frame.current?.contentDocument?.documentElement;
    // Until the page has loaded, the frame contains another document. `onLoad` calls this function again.
    if (!root?.hasAttribute('data-email')) return;
    // The frame's document doesn't require trusted types, and scripts inserted as HTML don't run.
    root.innerHTML = html;
    const base = root.ownerDocument.createElement('base');
    // The sandbox blocks new windows, so links do nothing.
    base.target = '_blank';
    root.querySelector('head')?.prepend(base);
  };
  useEffect(show, [html]);
  useEffect(() => () => observer.current?.disconnect(), []);
  const onLoad = () => {
    const element = frame.current;
    const root = element?.contentDocument?.documentElement;
    observer.current?.disconnect();
    if (element && root) {
      // Fit the frame to the email, within the limits of the style sheet.
      observer.current = new ResizeObserver(() => {
        element.style.height = `${Math.ceil(root.getBoundingClientRect().height) + BORDER_HEIGHT}px`;
      });
      observer.current.observe(root);
    }
    show();
  };
  return (
    <iframe
      ref={frame}
      class="email-frame"
      src={remote ? PAGE : OFFLINE_PAGE}
      sandbox="allow-same-origin"
      title={title}
      onLoad={onLoad}
    />
  );
}
