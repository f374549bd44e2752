/** Shows the OpenAPI document with Redoc, in the theme that the reader chose in the documentation, or that the system prefers. */

const DARK = window.matchMedia('(prefers-color-scheme: dark)');
const FONT = 'system-ui, sans-serif';
const MONO = 'ui-monospace, Menlo, Consolas, monospace';

const COLOURS = {
  light: { paper: '#ffffff', side: '#f7f6f3', ink: '#1a1d24', muted: '#595e69', line: '#e4e0d8', accent: '#3442c4' },
  dark: { paper: '#101319', side: '#181c24', ink: '#e9ebf1', muted: '#a3abba', line: '#2a303b', accent: '#a5b0ff' },
};

/** Colours of HTTP methods, on which Redoc writes in white. */
const METHODS = { get: '#11704a', post: '#3442c4', put: '#8a5300', delete: '#b3231b' };

function theme() {
  const choice = localStorage.getItem('vitepress-theme-appearance');
  if (choice === 'light' || choice === 'dark') return choice;
  return DARK.matches ? 'dark' : 'light';
}

function redocTheme({ paper, side, ink, muted, line, accent }) {
  return {
    breakpoints: { small: '50rem', medium: '75rem', large: '105rem' },
    colors: {
      primary: { main: accent },
      success: { main: theme() === 'dark' ? '#52c796' : '#11704a' },
      error: { main: theme() === 'dark' ? '#ff8f85' : '#b3231b' },
      warning: { main: theme() === 'dark' ? '#f2b544' : '#8a5300' },
      text: { primary: ink, secondary: muted },
      border: { dark: line, light: line },
      responses: {
        success: { backgroundColor: side },
        error: { backgroundColor: side },
        redirect: { backgroundColor: side },
        info: { backgroundColor: side },
      },
      http: METHODS,
    },
    schema: {
      nestedBackground: side,
      linesColor: line,
      typeNameColor: muted,
      typeTitleColor: muted,
      requireLabelColor: accent,
    },
    typography: {
      fontFamily: FONT,
      fontSize: '15px',
      headings: { fontFamily: FONT },
      code: { fontFamily: MONO, color: ink, backgroundColor: side },
      links: { color: accent, visited: accent, hover: accent },
    },
    sidebar: { backgroundColor: side, textColor: ink, activeTextColor: accent },
    rightPanel: {
      backgroundColor: '#181c24',
      textColor: '#e9ebf1',
      servers: { overlay: { backgroundColor: side, textColor: ink }, url: { backgroundColor: paper } },
    },
    codeBlock: { backgroundColor: '#101319' },
    background: paper,
  };
}

function show() {
  const name = theme();
  document.documentElement.dataset.theme = name;
  const element = document.createElement('div');
  document.getElementById('api').replaceChildren(element);
  const options = {
    theme: redocTheme(COLOURS[name]),
    nativeScrollbars: true,
    hideDownloadButton: true,
    sortRequiredPropsFirst: true,
    scrollYOffset: 'header',
  };
  window.Redoc.init('/openapi.json', options, element);
}

show();
DARK.addEventListener('change', show);
