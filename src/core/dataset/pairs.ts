/** Whose annotation a file is, by names alone. */
import path from 'node:path';

const imageFolder = /^(.*?)[-_ ]?(images?|imgs?|jpegimages|pngimages|leftimg8bit|photos?|pictures?|rgb|inputs?)$/i;
const annotationFolder =
  /^(.*?)[-_ ]?(masks?|annots?|annotations?|labels?|gts?|ground[-_ ]?truths?|segmentation(?:class|object)?(?:raw|aug)?|segmaps?|gtfine|gtcoarse|instances?|panoptic|trimaps?|xmls?|targets?)$/i;
const imageSuffix = /_(leftImg8bit|image|img|sat)$/i;
const annotationSuffix =
  /[-_.](masks?|labels?|gts?|annotations?|seg|segmentation|gt(?:fine|coarse)_label(?:train)?ids)$/i;
/** Of the original CamVid and fast.ai's: in a folder of annotations only. */
const shortSuffix = /_[LP]$/;

/**
 * What an image and its annotations have in common: folders without the words for images (`train/images`) and annotations
 * (`train/masks`, `trainannot`), and the name without extension and such words (`cat_mask`).
 */
export const pairKey = (file: string): string => {
  const { folders, stem } = partsOf(file);
  const common = folders.flatMap((name) => withoutWord(name));
  const bare = stem.replace(imageSuffix, '').replace(annotationSuffix, '');
  return [...common, isAnnotationFolder(folders) ? bare.replace(shortSuffix, '') : bare].join('/');
};

/** Whether names say that an image is the annotation of another. */
export function isNamedAnnotation(file: string): boolean {
  const { folders, stem } = partsOf(file);
  return annotationSuffix.test(stem) || isAnnotationFolder(folders);
}

const isAnnotationFolder = (folders: readonly string[]) => folders.some((name) => annotationFolder.test(name));

const withoutWord = (folder: string): string[] => {
  const prefix = (annotationFolder.exec(folder) ?? imageFolder.exec(folder))?.[1] ?? folder;
  return prefix === '' ? [] : [prefix];
};

function partsOf(file: string): { folders: string[]; stem: string } {
  const { dir, name } = path.posix.parse(file);
  return { folders: dir === '' ? [] : dir.split('/'), stem: name };
}
