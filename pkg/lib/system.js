/** What entries for servers have and a page hasn't: a bundler could insert a key into a page, or look for `node:fs`. */
export const system = {
  /** Returns an environment variable. */
  variable(name) {
    try {
      return globalThis.process?.env?.[name] || undefined;
    } catch {
      // Deno throws if it may not read the variable.
      return undefined;
    }
  },

  /** Returns the content of a file. Not with an import, so that every platform can load this. */
  readFile(url) {
    const files = globalThis.process?.getBuiltinModule?.('node:fs/promises');
    if (!files) throw new TypeError('This platform has no files.');
    return files.readFile(url);
  },
};
