/** Lines of the record under the day they belong to, in this computer's time zone. */
import type { ActivityRow } from '../../host';
import { day, t } from '../../text';

export interface DayOfRecord {
  day: string;
  rows: ActivityRow[];
}

function localDay(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function byDay(rows: ActivityRow[], now: Date): DayOfRecord[] {
  const today = localDay(now);
  const yesterday = localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1));
  const name = (iso: string) =>
    iso === today ? t.activity.today : iso === yesterday ? t.activity.yesterday : day(iso);
  return [...Map.groupBy(rows, (row) => localDay(new Date(row.at)))].map(([iso, own]) => ({
    day: name(iso),
    rows: own,
  }));
}
