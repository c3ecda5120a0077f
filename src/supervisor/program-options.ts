import { expand } from './expansion.ts';

/** What a program's options are held against. */
export type ProgramPlace = {
  /** The only program name allowed. */
  key: string;
  /** The only directory allowed, with what is below it. */
  directory: string;
  /** The only folder allowed for log files; supervisord refuses everything when another one is missing. */
  logDir: string;
  /** What numprocs must be, 1 to 100. */
  processes: number;
};

/** True where the value is one that supervisor accepts and we allow. */
type Check = (value: string, place: ProgramPlace) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (value) =>
    pattern.test(value);
const integer =
  (min: number, max: number): Check =>
  (value) =>
    /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max;
const yesNo = matches(/^(?:true|false|yes|no|on|off|1|0)$/i);
const size = matches(/^\d{1,6}(?:KB|MB|GB)?$/i);

/** Every option a template may set; `user`, `serverurl` and the event options are left out on purpose. */
export const programOptions: Record<string, Check> = {
  command: (value, place) => value !== '' && filled(value, place) !== null,
  process_name: (value, place) => /^[A-Za-z0-9_.-]{1,100}$/.test(filled(value, place) ?? ''),
  numprocs: integer(1, 100),
  numprocs_start: integer(0, 65_535),
  directory: (value, place) => isWithin(filled(value, place), place.directory),
  environment: (value, place) => isEnvironment(filled(value, place)),
  priority: integer(0, 9999),
  autostart: yesNo,
  autorestart: matches(/^(?:true|false|yes|no|on|off|1|0|unexpected)$/i),
  startsecs: integer(0, 3600),
  startretries: integer(0, 1000),
  exitcodes: matches(/^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:,(?:25[0-5]|2[0-4]\d|1?\d?\d)){0,20}$/),
  stopsignal: matches(/^(?:TERM|HUP|INT|QUIT|KILL|USR1|USR2)$/),
  stopwaitsecs: integer(1, 3600),
  stopasgroup: yesNo,
  killasgroup: yesNo,
  redirect_stderr: yesNo,
  stdout_logfile: isLog,
  stdout_logfile_maxbytes: size,
  stdout_logfile_backups: integer(0, 100),
  stderr_logfile: isLog,
  stderr_logfile_maxbytes: size,
  stderr_logfile_backups: integer(0, 100),
  umask: matches(/^0?[0-7]{3}$/),
};

/** Supervisor expands `directory` with the same names as the command, because both are read per process. */
function filled(value: string, place: ProgramPlace): string | null {
  return expand(value, { program_name: place.key, process_num: 0, numprocs: place.processes });
}

function isWithin(path: string | null, folder: string): boolean {
  if (path === folder) return true;
  return (
    (path?.startsWith(`${folder}/`) ?? false) &&
    path!
      .slice(folder.length + 1)
      .split('/')
      .every(isName)
  );
}

function isLog(value: string, place: ProgramPlace): boolean {
  const path = filled(value, place);
  if (path === null) return false;
  if (/^(?:none|auto)$/i.test(path)) return true;
  return path.startsWith(`${place.logDir}/`) && isName(path.slice(place.logDir.length + 1));
}

function isName(part: string): boolean {
  return /^[A-Za-z0-9_@%+=,:-][A-Za-z0-9_@%+=,:.-]*$/.test(part);
}

const ENTRY = /^[A-Za-z_][A-Za-z0-9_]*=(?:"[^"]*"|'[^']*'|[A-Za-z0-9_/.+():-]+)(?: *, *|$)/;

/** The part of shlex's grammar in which supervisor and a reader see the same. */
function isEnvironment(text: string | null): boolean {
  for (let rest = text; ; ) {
    if (rest === null) return false;
    if (rest === '') return true;
    const entry = ENTRY.exec(rest);
    rest = entry ? rest.slice(entry[0].length) : null;
  }
}
