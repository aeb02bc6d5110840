/** Durations, instants and numbers as people read them. All pure; the zone is the browser's. */

/** "0:07", "12:40", "1:02:03"; a negative duration is shown as "0:00". */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0
    ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`
    : `${minutes}:${seconds}`;
}

/** "7 s", "12 min 40 s", "1 h 2 min": for sentences and screen readers. */
export function spokenDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [
    Math.floor(total / 3600),
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
  return `${seconds} s`;
}

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const SHORT_TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
});

export function timeOfDay(at: number): string {
  return TIME.format(at);
}

/** "14:05" today, "3 May, 14:05" this year, "3 May 2024" before. */
export function moment(at: number, now: number): string {
  if (DAY_AND_YEAR.format(at) === DAY_AND_YEAR.format(now)) return SHORT_TIME.format(at);
  const isRecent = Math.abs(now - at) < 300 * 86_400_000;
  return isRecent ? `${DAY.format(at)}, ${SHORT_TIME.format(at)}` : DAY_AND_YEAR.format(at);
}

export function dayAndTime(at: number): string {
  return `${DAY_AND_YEAR.format(at)}, ${TIME.format(at)}`;
}

/** "83 %", or a dash where there is nothing to count. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

/** Groups digits for reading: "+49 301 234 5678". Anything else is left as it is. */
export function phoneNumber(number: string): string {
  const found = /^(\+?)(\d{6,15})$/.exec(number);
  if (found === null) return number;
  const [, plus = "", digits = ""] = found;
  const country = plus === "" ? "" : countryCode(digits);
  return [country && `+${country}`, grouped(digits.slice(country.length))]
    .filter(Boolean)
    .join(" ");
}

/** The country code, by the zones of ITU-T E.164: one digit in zones 1 and 7, two in most, else three. */
function countryCode(digits: string): string {
  if (/^[17]/.test(digits)) return digits.slice(0, 1);
  const isThree = /^(2[1-689]|3[578]|42|5[09]|6[789]|8[0578]|9[679])/.test(digits);
  return digits.slice(0, isThree ? 3 : 2);
}

function grouped(digits: string): string {
  const tail = digits.slice(-4);
  const head = digits.slice(0, -4);
  const parts: string[] = [];
  for (let i = 0; i < head.length; i += 3) parts.push(head.slice(i, i + 3));
  return [...parts, tail].join(" ");
}

/** Shortens text that nobody reads whole, by characters as people count them. */
export function clipped(text: string, limit: number): string {
  const characters = Array.from(text.slice(0, limit * 4));
  return characters.length > limit || text.length > limit * 4
    ? `${characters.slice(0, limit - 1).join("")}…`
    : text;
}
