/** Chooses an option for every sample under a byte budget: costs, convex hulls, one sorted list of increments. */
export { buildFrontier, type OptionTable } from './frontier.ts';
export { planRegret, rowsFrontier, settledRows, uniformRegret, type PricedRows } from './rows.ts';
export { natPrices, sweepPrices } from './prices.ts';
export { discountDuplicates } from './discount.ts';
export { expectedCost, optionCosts, type CostInput } from './costs.ts';
