// How fast long work goes, from its own reports. Nothing is said before it can be known, nor while it jumps about.

export interface Pace {
  perMinute: number;
  /** Absent where the end is not known, or while the pace is not steady. */
  secondsLeft: number | null;
}

interface Report {
  at: number;
  done: number;
}

const LOOKS_BACK = 30_000;
const LEAST = 5_000;
/** What the later half may differ from the whole and still be called steady. */
const STEADY = 1.25;

function perMillisecond(reports: Report[], now: number): number {
  const first = reports[0];
  const last = reports.at(-1);
  return first === undefined || last === undefined ? 0 : (last.done - first.done) / (now - first.at);
}

/** The reports of one job. Times are milliseconds of any clock that only goes forward. */
export class PaceOfJob {
  private reports: Report[] = [];

  note(done: number, at: number): void {
    const last = this.reports.at(-1);
    // It began anew: what was before says nothing.
    if (last !== undefined && done < last.done) this.reports = [];
    this.reports = [...this.reports.filter((report) => at - report.at <= LOOKS_BACK), { at, done }];
  }

  at(now: number, total: number | null): Pace | null {
    const first = this.reports[0];
    const last = this.reports.at(-1);
    if (first === undefined || last === undefined || now - first.at < LEAST) return null;
    const whole = perMillisecond(this.reports, now);
    if (whole <= 0) return null;
    const middle = first.at + (now - first.at) / 2;
    const later = perMillisecond(
      this.reports.filter((report) => report.at >= middle),
      now,
    );
    const steady = later <= whole * STEADY && later >= whole / STEADY;
    return {
      perMinute: whole * 60_000,
      secondsLeft: total !== null && steady ? (total - last.done) / whole / 1000 : null,
    };
  }
}
