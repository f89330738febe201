/** A backup each night, and two hours for a night that takes longer. */
export const newestHours = 26;
/** A drill each month, and the days by which months and weekends differ. */
export const drillDays = 35;

const hourMs = 3_600_000;

/** Hours since a time; less than none for one that has not come yet. */
export const hoursSince = (time: string, now: Date): number => (now.getTime() - Date.parse(time)) / hourMs;

/** A clock that is this far off makes ages mean nothing. */
const aheadHours = 0.25;

export const isAhead = (time: string, now: Date): boolean => hoursSince(time, now) < -aheadHours;

/** "40 s", "12 min", "26 h", "3 days": the largest unit of which there are some. */
export function age(hours: number): string {
  const seconds = Math.max(0, hours * 3600);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.floor(hours / 24)} days`;
}
