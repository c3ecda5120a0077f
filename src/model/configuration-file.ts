import { z } from 'zod';

/** Where a file is written: into the checkout before the build, or into the release after it. */
export const filePlacings = ['before-build', 'after-build'] as const;
export type FilePlacing = (typeof filePlacings)[number];

export const fileSources = ['text', 'url'] as const;
export type FileSource = (typeof fileSources)[number];

/** A file that a project's releases get. Its text, or its URL, is sealed and kept apart, and never changes. */
export type ConfigurationFile = {
  path: string;
  placed: FilePlacing;
  source: FileSource;
  /** Never shown again, masked wherever it is printed, and readable by its owner alone. */
  secret: boolean;
  /** Are `{{ … }}` in its text filled in with the project's variables? */
  fill: boolean;
  textId: string;
};

/** Characters of a text; fewer where it is filled in, as for a supervisor template. */
export const FILE_TEXT_LIMIT = 65_536;
export const FILLED_TEXT_LIMIT = 32_768;
export const MOST_FILES = 50;

/** A path inside a release: as for shared paths, and it may begin with a dot, as `.env` does. */
export const filePath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_@%+=,.][A-Za-z0-9_@%+=:,.-]*(?:\/[A-Za-z0-9_@%+=:,.-]+)*$/, 'path')
  .refine((path) => !path.split('/').some((part) => ['.', '..', '.git'].includes(part)), 'path');
