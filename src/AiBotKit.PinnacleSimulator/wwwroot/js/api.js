// The control API (docs/simulator.md).
import { toast } from './dom.js';

export const get = path => call('GET', path);
export const post = (path, body) => call('POST', path, JSON.stringify(body ?? {}), 'application/json');
export const remove = path => call('DELETE', path);

/** Puts a file on the customer's phone; gives its media id. */
export const upload = (blob, filename, type) =>
  call('POST', '/sim/media' + (filename ? '?filename=' + encodeURIComponent(filename) : ''), blob, type || blob.type || 'application/octet-stream');

async function call(method, path, body, type) {
  const answer = await fetch(path, { method, body, headers: type ? { 'Content-Type': type } : {} });
  const text = await answer.text();
  if (!answer.ok) throw new Error(problem(text) ?? `The simulator answered ${answer.status}.`);
  return text ? JSON.parse(text) : null;
}

function problem(text) {
  try { return JSON.parse(text).detail; } catch { return undefined; }
}

/** Runs an action of a button and shows what went wrong. */
export async function attempt(action) {
  try { return await action(); } catch (error) {
    toast(error instanceof TypeError ? 'The simulator does not answer.' : error.message);
    return null;
  }
}
