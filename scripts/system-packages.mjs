import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Debian packages and what shows that they are there: a program's name or a pattern of it, or the path of a file. */
const mavenPlugin = (name) => `/usr/share/maven-repo/org/apache/maven/plugins/maven-${name}-plugin`;
const signs = {
  'openssh-server': ['sshd'],
  supervisor: ['supervisord', 'supervisorctl'],
  rsync: ['rsync'],
  git: ['git'],
  python3: ['python3'],
  openssl: ['openssl'],
  'util-linux': ['setpriv', 'flock'],
  bubblewrap: ['bwrap'],
  'mariadb-server': ['mariadbd', 'mariadb-install-db'],
  slapd: ['slapd', '/usr/lib/ldap/back_mdb.so'],
  'ldap-utils': ['ldapmodify'],
  chromium: ['chromium'],
  'golang-go': ['go'],
  'default-jdk-headless': ['java', 'javac', 'jar'],
  maven: ['mvn'],
  'maven-debian-helper': ['/etc/maven/settings-debian.xml'],
  'libmaven-compiler-plugin-java': [mavenPlugin('compiler')],
  'libmaven-resources-plugin-java': [mavenPlugin('resources')],
  'libmaven-jar-plugin-java': [mavenPlugin('jar')],
  'libsurefire-java': [mavenPlugin('surefire')],
  'libmaven-war-plugin-java': [mavenPlugin('war')],
  'tomcat10-user': ['/usr/share/tomcat10/skel/conf/web.xml', '/usr/share/tomcat10/bin/catalina.sh'],
  'nginx-light': ['nginx'],
  'php-fpm': [/^php-fpm/],
  cron: ['crontab'],
  'fonts-noto-cjk': ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'],
};

export const forDemo = ['openssh-server', 'supervisor', 'rsync', 'git', 'python3', 'util-linux'];
const forTypes = [
  ...['golang-go', 'default-jdk-headless', 'maven', 'maven-debian-helper', 'libmaven-compiler-plugin-java'],
  ...['libmaven-resources-plugin-java', 'libmaven-jar-plugin-java', 'libsurefire-java'],
  ...['libmaven-war-plugin-java', 'tomcat10-user', 'nginx-light', 'php-fpm', 'cron'],
];
export const forTests = [
  ...forDemo,
  'bubblewrap',
  'openssl',
  'mariadb-server',
  'slapd',
  'ldap-utils',
  'chromium',
  'fonts-noto-cjk',
  ...forTypes,
];

/** The packages among `wanted` of which something is missing here. */
export function missing(wanted) {
  return wanted.filter((name) => !signs[name].every(isHere));
}

/**
 * Installs what is missing: by apt-get as root, through sudo where there is a way to ask for it.
 * Ends the process with the exact command where it may not.
 */
export function ensureSystemPackages(wanted) {
  const absent = missing(wanted);
  if (absent.length === 0) return;
  console.log(`Missing Debian packages: ${absent.join(' ')}`);
  if (!isHere('apt-get')) giveUp(`Install what gives these programs: ${programs(absent)}`);
  const command = ['sh', join(import.meta.dirname, 'install-packages.sh'), ...absent];
  run(asRoot(command), command);
  const still = missing(absent);
  if (still.length > 0) giveUp(`Still missing after the installation: ${still.join(' ')}`);
}

function isHere(sign) {
  if (sign instanceof RegExp)
    return folders.some(
      (folder) => existsSync(folder) && readdirSync(folder).some((name) => sign.test(name)),
    );
  return sign.startsWith('/') ? existsSync(sign) : folders.some((folder) => existsSync(join(folder, sign)));
}

function programs(absent) {
  return absent.flatMap((name) => signs[name]).join(' ');
}

/** The command as root may run it from here; null where nobody can be asked for a password. */
function asRoot(command) {
  if (process.getuid() === 0) return command;
  if (!isHere('sudo')) return null;
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n', ...command];
  return process.stdin.isTTY && process.stdout.isTTY ? ['sudo', ...command] : null;
}

function run(command, plain) {
  if (command === null) giveUp(`Run this as root, then try again:\n  ${plain.map(shown).join(' ')}`);
  console.log(`Running: ${command.map(shown).join(' ')}`);
  const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
  if (status !== 0) giveUp(`It failed. Run this as root, then try again:\n  ${plain.map(shown).join(' ')}`);
}

/** A word as one can paste it into a shell. */
function shown(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function giveUp(message) {
  console.error(message);
  process.exit(1);
}
