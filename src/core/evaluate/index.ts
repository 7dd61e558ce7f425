/** Compares what networks learn from different copies. */
export { pairedDifference, verdictOf, type Marks } from './paired.ts';
