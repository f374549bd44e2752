import DefaultTheme from 'vitepress/theme-without-fonts';
import '@fontsource-variable/ibm-plex-sans/index.css';
import '@fontsource/ibm-plex-mono/400.css';
// After the theme, whose colours and fonts it replaces.
import './style.css';

export default DefaultTheme;
