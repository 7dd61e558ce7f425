/** Reads a plan back, to set it against the truth. */

export interface Planned {
  readonly path: string;
  readonly target: string;
  readonly label: string;
  readonly bytes: number;
  readonly planned: number;
  readonly quality: number | 'original' | 'drop';
  readonly sensitivity: number;
  readonly cluster: string;
}

export function readPlanned(plan: string): Planned[] {
  return plan
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Planned);
}

/** Quality as a number: the original counts as 100, a dropped image as 0. */
export const qualityNumber = ({ quality }: Planned) =>
  quality === 'original' ? 100 : quality === 'drop' ? 0 : quality;

export function summarizeClasses(planned: readonly Planned[]) {
  return [...Map.groupBy(planned, ({ label }) => label)].map(([label, members]) => {
    const mean = (value: (member: Planned) => number) =>
      members.reduce((sum, member) => sum + value(member), 0) / members.length;
    return {
      label,
      sensitivity: mean((member) => member.sensitivity),
      quality: mean(qualityNumber),
      before: mean(({ bytes }) => bytes) * members.length,
      after: mean((member) => member.planned) * members.length,
    };
  });
}
