// Records a voice note with the machine's microphone.
import { $, toast } from './dom.js';
import { TYPE, toOgg } from './ogg.js';
import { minutes } from './words.js';

const FORMS = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];
const SHORTEST_MS = 600;
let recorder = null;

export function start(send) {
  $('mic').addEventListener('click', () => begin(send));
  $('reccancel').addEventListener('click', () => finish(false));
  $('recsend').addEventListener('click', () => finish(true));
  $('recording').addEventListener('keydown', event => { if (event.key === 'Escape') finish(false); });
}

async function begin(send) {
  const form = FORMS.find(one => globalThis.MediaRecorder?.isTypeSupported(one));
  let stream;
  try {
    if (!form) throw new Error();
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    toast('No microphone here. Attach (+) has a sample voice note.');
    return;
  }
  const parts = [];
  const startedAt = performance.now();
  const clock = setInterval(() => { $('rectime').textContent = minutes((performance.now() - startedAt) / 1000); }, 250);
  recorder = new MediaRecorder(stream, { mimeType: form });
  recorder.keep = false;
  recorder.addEventListener('dataavailable', event => parts.push(event.data));
  recorder.addEventListener('stop', async event => {
    clearInterval(clock);
    stream.getTracks().forEach(track => track.stop());
    show(false);
    if (event.target.keep && performance.now() - startedAt > SHORTEST_MS) send(await voiceNote(new Blob(parts, { type: form }), form));
  });
  recorder.start();
  $('rectime').textContent = '0:00';
  show(true);
}

const voiceNote = (blob, form) => form.startsWith('audio/webm') ? toOgg(blob) : form.startsWith('audio/ogg') ? new Blob([blob], { type: TYPE }) : blob;

function finish(keep) {
  if (recorder?.state !== 'recording') return;
  recorder.keep = keep;
  recorder.stop();
}

function show(recording) {
  $('recording').hidden = !recording;
  $('composer').hidden = recording;
  (recording ? $('recsend') : $('pmi')).focus();
}
