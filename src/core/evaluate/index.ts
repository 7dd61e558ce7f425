/** Compares what networks learn from different copies. */
export { meanOf, pairedDifference, verdictOf, type Marks } from './paired.ts';
