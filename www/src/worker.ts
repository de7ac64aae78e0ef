// The page's workers. Its policy (public/_headers) wants Trusted Types: no text but these becomes a script.

import finder from './duplicates/finder.worker?worker&url';
import measuring from './measure/measure.worker?worker&url';

const URLS = { finder, measuring };
const policy = globalThis.trustedTypes?.createPolicy('worker', { createScriptURL: (name) => (name === 'finder' ? finder : measuring) });

/** Starts a worker, whose script is loaded now and not with the page. */
export function startWorker<T>(name: keyof typeof URLS, onMessage: (message: T) => void, onError: () => void): Worker {
  const worker = new Worker((policy?.createScriptURL(name) ?? URLS[name]) as string, { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<T>) => onMessage(data);
  worker.onerror = onError;
  return worker;
}
