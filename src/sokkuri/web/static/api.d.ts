// Made by tools/make_api_types.py from the OpenAPI document: do not edit.

/** Something that is said of two photos. */
export interface ComparedField {
  field: string;
  a: string | number | boolean | null;
  b: string | number | boolean | null;
  differs: boolean;
}

/** The answer to a search for copies. */
export interface CopiesAnswer {
  schema: number;
  query: Photo;
  hash: string;
  searched: number;
  /** Hardly anything stands out in the query: only itself is found. */
  too_little: boolean;
  notes: string[];
  /** Copies in all; `copies` may be a part of them. */
  total: number;
  offset: number;
  copies: FoundCopy[];
  /** `same_scene` has the best 64 of them. */
  same_scene_total: number;
  /** No copies: the same scene with another thing on it. */
  same_scene: FoundCopy[];
  rejected: number;
}

/** A part of the query that the photo shows too. */
export interface CopyBlock {
  /** Left, top, right, bottom, as fractions. */
  box: number[];
  agreement: number;
}

/** The evidence that one photo is a copy of another. */
export interface CopyDetails {
  /** Points that match: x, y in `a`, x, y in `b`. */
  lines: number[][];
  /** Points that might have matched. */
  of: number;
  agreement: number;
  blocks: CopyBlock[];
}

/** The edits of a copy, in numbers; docs/copies.md tells of each. */
export interface CopyEdits {
  mirrored: boolean;
  /** Degrees counter-clockwise. */
  turned: number;
  squeezed: number;
  cropped_to: number;
  fills: number;
  bordered: "query" | "photo" | null;
  covered: number;
}

/** Findings about a copy. */
export interface CopyFacts {
  score: number;
  sure: boolean;
  points: number;
  same: "bytes" | "link" | "pixels" | null;
  edits: CopyEdits;
  outline: CopyOutline;
  /** The edits in words. */
  text: string;
}

/** Corners of each picture in the other, as fractions of its width and height. */
export interface CopyOutline {
  /** Of the query in the photo. */
  query: number[][];
  /** Of the photo in the query. */
  photo: number[][];
}

/** Two photos, laid on each other. */
export interface CopyPair {
  schema: number;
  a: Photo;
  b: Photo;
  /** None where they have nothing in common. */
  copy: CopyFacts | null;
  /** None, too, where bytes or pixels alone tell it. */
  details: CopyDetails | null;
  /** No copy: the same scene, another thing on it. */
  same_scene: boolean;
}

/** All photos, nearest first, column by column. */
export interface DistanceRows {
  id: string[];
  distance: number[];
  name: string[];
  /** The place of each when sorted by name. */
  by_name: number[];
  folder: string[];
  bytes: number[];
  /** Seconds since 1970. */
  modified: number[];
  width: number[];
  height: number[];
  same: ("bytes" | "link" | "pixels" | null)[];
  low_quality: (number | null)[];
}

/** Distance of every photo from a query. */
export interface DistanceTable {
  schema: number;
  query: Photo;
  hash: string;
  bits: number;
  searched: number;
  /** Other names of files, where `links=0` leaves them out. */
  links_left_out: number | null;
  low_quality: boolean;
  notes: string[];
  /** Photos at distance 0, 1, 2 and so on. */
  histogram: number[];
  /** Photos within distance 0, 1, 2 and so on of a usual one by chance; null where the photos are too few to tell. */
  by_chance: number[] | null;
  default_max: number;
  /** None where there are more than 20,000 photos. */
  rows: DistanceRows | null;
}

/** A folder below those that are shown. */
export interface FolderCount {
  folder: string;
  /** In it and below it. */
  photos: number;
}

/** Folders that hold photos. */
export interface FolderList {
  photos: number;
  folders: FolderCount[];
}

/** A folder, and what its library holds. */
export interface FolderStatus {
  key: string;
  name: string;
  path: string;
  /** The last look for changes by this server. */
  looked: string | null;
  photos: number;
  photo_bytes: number;
  files: number;
  rejected: number;
  /** Files that are no pictures and whose names claim none. */
  other_files: number;
  bytes: number;
  hashes: HashCount[];
  indexing: RefreshProgress | null;
  note: string;
}

/** A photo that is a copy of the query. */
export interface FoundCopy {
  id: string;
  name: string;
  folder: string;
  bytes: number | null;
  width: number | null;
  height: number | null;
  modified: string | null;
  path: string;
  /** For names that are not UTF-8. */
  path_b64?: string;
  score: number;
  sure: boolean;
  points: number;
  same: "bytes" | "link" | "pixels" | null;
  edits: CopyEdits;
  outline: CopyOutline;
  /** The edits in words. */
  text: string;
}

/** A photo that was found. */
export interface FoundPhoto {
  id: string;
  name: string;
  folder: string;
  bytes: number | null;
  width: number | null;
  height: number | null;
  modified: string | null;
  path: string;
  /** For names that are not UTF-8. */
  path_b64?: string;
  distance: number;
  rate: number;
  fraction: number;
  similarity: number;
  same: "bytes" | "link" | "pixels" | null;
  low_quality: number | null;
}

/** A hash that can be searched with. */
export interface HashChoice {
  name: string;
  bits: number;
  summary: string;
  emphasis: boolean;
  in_library: boolean;
}

/** A hash that a library keeps. */
export interface HashCount {
  name: string;
  photos: number;
}

/** Hashes that can be searched with. */
export interface HashList {
  default: string;
  hashes: HashChoice[];
}

/** The server answers. */
export interface Health {
  status: "ok";
  version: string;
}

/** A kind of reason, and its files. */
export interface KindCount {
  kind: string;
  count: number;
}

/** All folders. */
export interface LibraryStatus {
  schema: number;
  folders: FolderStatus[];
}

/** Two photos beside each other. */
export interface PairComparison {
  schema: number;
  a: PhotoFacts;
  b: PhotoFacts;
  same: "bytes" | "link" | "pixels" | null;
  distances: PairDistance[];
  fields: ComparedField[];
}

/** Distance of two photos under one hash. */
export interface PairDistance {
  hash: string;
  distance: number;
  bits: number;
  similarity: number;
}

/** Reasons why two photos match; docs/explain.md describes the panels. */
export interface PairExplanation {
  schema: number;
  hash: string;
  bits: number;
  distance: number;
  [more: string]: any;
}

/** A photo of a folder, or an uploaded query. */
export interface Photo {
  id: string;
  name: string;
  folder: string;
  bytes: number | null;
  width: number | null;
  height: number | null;
  modified: string | null;
  kind: "photo" | "upload";
  quality: number | null;
}

/** A photo, with what its file says of itself. */
export interface PhotoFacts {
  id: string;
  name: string;
  folder: string;
  bytes: number | null;
  width: number | null;
  height: number | null;
  modified: string | null;
  kind: "photo" | "upload";
  quality: number | null;
  format: string | null;
  mode: string | null;
  orientation: number | null;
  taken: string | null;
  camera: string | null;
  gps: boolean | null;
  /** The file has more than one picture. */
  animated: boolean | null;
}

/** Photos of the folders. */
export interface PhotoList {
  total: number;
  images: Photo[];
}

/** The same search for the command line, and for Python. */
export interface Phrases {
  command: string;
  python: string;
}

/** A photo, with its file's path; that of an upload is empty. */
export interface PlacedPhoto {
  id: string;
  name: string;
  folder: string;
  bytes: number | null;
  width: number | null;
  height: number | null;
  modified: string | null;
  kind: "photo" | "upload";
  quality: number | null;
  format: string | null;
  mode: string | null;
  orientation: number | null;
  taken: string | null;
  camera: string | null;
  gps: boolean | null;
  /** The file has more than one picture. */
  animated: boolean | null;
  path: string;
  /** For names that are not UTF-8. */
  path_b64?: string;
}

/** Progress of a refresh. */
export interface RefreshProgress {
  stage: "listing" | "hashing";
  done: number;
  total: number | null;
}

/** A file that has no hash. */
export interface RejectedFile {
  name: string;
  folder: string;
  kind: string;
  reason: string;
}

/** Files that have no hash, and why. */
export interface RejectionList {
  total: number;
  /** Of all files, most first. */
  kinds: KindCount[];
  rejected: RejectedFile[];
}

/** The answer to a search. */
export interface SearchAnswer {
  schema: number;
  query: Photo;
  hash: string;
  bits: number;
  searched: number;
  /** Other names of files, where `links=0` leaves them out. */
  links_left_out: number | null;
  low_quality: boolean;
  notes: string[];
  emphasis: string | number | null;
  /** Matches in all; `matches` may be a part of them. */
  total: number;
  min_distance: number;
  max_distance: number | null;
  rate: number | null;
  k: number | null;
  sort: string;
  offset: number;
  matches: FoundPhoto[];
  /** Where nothing matched. */
  nearest: FoundPhoto | null;
  /** Where nothing matched but the query itself. */
  nearest_other: FoundPhoto | null;
  rejected: number;
}
