/** How the test error falls with images and bytes: the storage law and its optimum. */
export { fitLaw } from './law.ts';
export { readPoints } from './points-file.ts';
