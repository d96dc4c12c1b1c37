// @ts-check

/**
 * Saves what the server streams. A large file is written as it comes, where the browser can; where
 * it cannot, it is refused: such a file does not belong into a page's memory.
 *
 * @param {string} fileName
 * @param {boolean} isLarge
 * @param {() => Promise<Response>} ask
 * @param {AbortSignal} signal
 * @param {(bytes: number) => void} onProgress
 * @returns {Promise<boolean>} false when the reader did not want it after all
 */
export async function save(fileName, isLarge, ask, signal, onProgress) {
  if (!isLarge) {
    offer(fileName, await collected(await ask(), onProgress));
    return true;
  }
  const { showSaveFilePicker: pick } = /** @type {any} */ (window);
  if (pick === undefined) {
    throw new Error('This file is too large for this browser to hold. Choose fewer days, or use the command line below.');
  }
  const file = await pick({ suggestedName: fileName }).catch(notWanted);
  if (file === null) return false;
  const { body } = await ask();
  if (body === null) throw new Error('The server sent nothing. Try again.');
  await body.pipeThrough(counter(onProgress)).pipeTo(await file.createWritable(), { signal });
  return true;
}

/**
 * @param {Response} reply
 * @param {(bytes: number) => void} onProgress
 */
function collected(reply, onProgress) {
  return new Response(reply.body?.pipeThrough(counter(onProgress))).blob();
}

/**
 * @param {string} fileName
 * @param {Blob} content
 */
function offer(fileName, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * @param {(bytes: number) => void} onProgress
 * @returns {TransformStream<Uint8Array, Uint8Array>}
 */
function counter(onProgress) {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      onProgress(bytes);
      controller.enqueue(chunk);
    },
  });
}

/** @param {Error} cause */
function notWanted(cause) {
  if (cause.name === 'AbortError') return null;
  throw cause;
}
