import type { Objects } from '../../dataset/index.ts';

/** What networks should say of every row of the views: a class, the mask that lies beside the views, or objects. */
export type Answers =
  | { readonly kind: 'classes'; readonly labels: Int32Array }
  | { readonly kind: 'masks' }
  | { readonly kind: 'boxes'; readonly objects: Objects };
