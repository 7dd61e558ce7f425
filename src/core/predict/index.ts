/** The test error at every budget from trainings at some: a curve, its interval, and how often that held. */
export { fitErrorCurve, leastPoints } from './fit.ts';
