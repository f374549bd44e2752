import type { NextConfig } from 'next';

const config: NextConfig = {
  // Bundled by webpack, the package would not find its WebAssembly file.
  serverExternalPackages: ['@kraiter/sdk'],
};

export default config;
