// Times and names as people write them.
import { now } from './store.js';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });

export const hm = time => clock.format(new Date(time));
export const hms = time => seconds.format(new Date(time));
export const dayKey = time => new Date(time).toDateString();

export function dayName(time) {
  const days = Math.round((midnight(now()) - midnight(new Date(time))) / 86_400_000);
  return days === 0 ? 'Today' : days === 1 ? 'Yesterday' : days === -1 ? 'Tomorrow' : day.format(new Date(time));
}

function midnight(time) { return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime(); }

export function ago(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  return minutes < 60 ? `${minutes} min` : minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

export const minutes = total => `${Math.floor(total / 60)}:${String(Math.floor(total % 60)).padStart(2, '0')}`;
export const bytes = size => size < 1024 ? `${size} B` : size < 1_048_576 ? `${Math.round(size / 1024)} kB` : `${(size / 1_048_576).toFixed(1)} MB`;

/** 15550102231 as 1 555 010 2231. */
export const phone = digits => digits.length === 11 ? digits.replace(/^(\d)(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3 $4') : digits.replace(/(\d{3})(?=\d)/g, '$1 ');
export const title = one => one.name ?? one.username ?? (one.phone ? phone(one.phone) : one.userId);

export function initials(one) {
  const name = one.name ?? one.username?.slice(1);
  if (!name) return (one.phone ?? one.userId).slice(4, 5) ? one.key.slice(-4, -2) : one.key.slice(0, 2);
  const parts = name.split(/[\s.]+/u).filter(Boolean);
  return parts.slice(0, 2).map(part => [...part][0].toUpperCase()).join('');
}

export function hash(text) {
  let value = 2166136261;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 16777619) >>> 0;
  return value;
}
