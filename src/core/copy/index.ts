/** The plan file, the written copy, its manifest, and the check of a copy against it. */
export { readPlan, writePlan } from './plan-file.ts';
export { planVersion, type Plan, type PlanHeader, type PlanLine } from './plan-schema.ts';
export { targetNames, type NamedFile } from './target-names.ts';
export { writeCopy } from './write-copy.ts';
export { verifyCopy } from './verify-copy.ts';
export { manifestName } from './manifest.ts';
