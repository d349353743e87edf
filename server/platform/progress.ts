/** One report of a running operation, shown in the status bar, the terminal or a notification. */
export interface ProgressReport {
  /** The step that runs, as a short lower-case phrase: `reading orders`. */
  step: string;
  /** Work done and in all, in `unit`; absent where the amount is not known. */
  done?: number;
  total?: number;
  unit?: 'bytes' | 'rows' | 'files' | 'tables' | 'steps';
  /** Units per second, and seconds left. */
  rate?: number;
  secondsLeft?: number;
}

export type Progress = (report: ProgressReport) => void;

/** What every use case takes beside its own parameters. */
export interface Operation {
  progress: Progress;
  /** Aborted when the user cancels; the operation then cleans up and rejects with reason `cancelled`. */
  signal: AbortSignal;
}

export const unattended: Operation = { progress: () => undefined, signal: new AbortController().signal };
