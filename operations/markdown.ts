/**
 * Text that others have written, for a page in Markdown: it is shown and not obeyed. No link, no mention, no markup, one line.
 */
export const plain = (written: string): string =>
  written
    .replaceAll(/[\\|<>[\]*_`#]/g, "\\$&")
    .replaceAll("@", "@\u200b")
    .replaceAll(/\s*\n\s*/g, " ");
