/** Something that is opened once and used by all, and opened again where that failed or it is gone. */

/** `open` is given what it calls once the thing is gone. */
export function reopening<T>(open: (gone: () => void) => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | null = null;
  const close = (): void => {
    opened = null;
  };
  return () => {
    opened ??= open(close).catch((failure: unknown) => {
      close();
      throw failure;
    });
    return opened;
  };
}
