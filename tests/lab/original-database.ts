import mysql from 'mysql2/promise';

/** The original's tables, in the shape of its last version. */
const tables = `
CREATE TABLE user (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(64), username VARCHAR(64), _password VARCHAR(128));
CREATE TABLE servicegroup (id INT AUTO_INCREMENT PRIMARY KEY, servicegroup VARCHAR(64));
CREATE TABLE userservicegroup (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(64), servicegroup VARCHAR(64), permissions VARCHAR(64));
CREATE TABLE projectinfo (project VARCHAR(64) PRIMARY KEY, \`group\` VARCHAR(40), environment VARCHAR(64), p VARCHAR(64),
  codetype VARCHAR(50), port INT, git VARCHAR(1024), branch VARCHAR(64), checkport VARCHAR(10), checkhttp VARCHAR(10),
  httpurl VARCHAR(2000), httpcode VARCHAR(8), make TEXT, supervisor TEXT, config TEXT, remarks TEXT);
CREATE TABLE serverinfo (id INT AUTO_INCREMENT PRIMARY KEY, project VARCHAR(64), hostname VARCHAR(64), ip VARCHAR(64),
  pnum VARCHAR(32), env VARCHAR(3200), checkstatus VARCHAR(64), checktime VARCHAR(64), commitid VARCHAR(64),
  updatestatus VARCHAR(64), updatetime VARCHAR(64));
CREATE TABLE updateoperation (taskid VARCHAR(64) PRIMARY KEY, project VARCHAR(64), hostlist VARCHAR(2000), tag VARCHAR(64),
  rtime VARCHAR(32), operation VARCHAR(64), user VARCHAR(50), status VARCHAR(20), commitid VARCHAR(1024),
  progress INT, logpath VARCHAR(200));
CREATE TABLE workorder (id INT AUTO_INCREMENT PRIMARY KEY, \`group\` VARCHAR(64), project VARCHAR(64), applicant VARCHAR(64),
  applicationtime VARCHAR(64), status VARCHAR(64), executor VARCHAR(64), completiontime VARCHAR(64), remarks TEXT)`;

/** The shape before it: projects by `project_name`, their configuration in a table of its own. */
const older = `
CREATE TABLE user (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(64), username VARCHAR(64), _password VARCHAR(128));
CREATE TABLE servicegroup (id INT AUTO_INCREMENT PRIMARY KEY, servicegroup VARCHAR(64));
CREATE TABLE userservicegroup (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(64), servicegroup VARCHAR(64), permissions VARCHAR(64));
CREATE TABLE projectinfo (project_name VARCHAR(64) PRIMARY KEY, business VARCHAR(40), environment VARCHAR(64), project VARCHAR(64),
  type VARCHAR(50), port INT, git VARCHAR(1024), branch VARCHAR(64));
CREATE TABLE project_config (project_name VARCHAR(64) PRIMARY KEY, make TEXT, supervisor TEXT, config TEXT, remarks TEXT,
  startcmd VARCHAR(200), checkport VARCHAR(10), checkhttp VARCHAR(10), httpurl VARCHAR(2000), httpcode VARCHAR(8));
CREATE TABLE serverinfo (id INT AUTO_INCREMENT PRIMARY KEY, project_name VARCHAR(64), hostname VARCHAR(64), ip VARCHAR(64),
  pnum VARCHAR(32), env VARCHAR(3200));
CREATE TABLE updateoperation (taskid VARCHAR(64) PRIMARY KEY, project_name VARCHAR(64), hostlist VARCHAR(2000), tag VARCHAR(64),
  rtime VARCHAR(32), operation VARCHAR(64), user VARCHAR(50), status VARCHAR(20), commitid VARCHAR(1024));
CREATE TABLE workorder (id INT AUTO_INCREMENT PRIMARY KEY, \`group\` VARCHAR(64), project VARCHAR(64), applicant VARCHAR(64),
  applicationtime VARCHAR(64), status VARCHAR(64), executor VARCHAR(64), completiontime VARCHAR(64), remarks TEXT)`;

/** The oldest: no table of groups, all of a project in one row, nameless variables of hosts, no outcome of operations. */
const oldest = `
CREATE TABLE user (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(64), username VARCHAR(64), _password VARCHAR(128));
CREATE TABLE userservicegroup (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(64), servicegroup VARCHAR(64), permissions VARCHAR(64));
CREATE TABLE projectinfo (project_name VARCHAR(64) PRIMARY KEY, project VARCHAR(64), environment VARCHAR(64), branch VARCHAR(64),
  type VARCHAR(10), git VARCHAR(1024), port INT, make TEXT, business VARCHAR(40), ischeck VARCHAR(10), checkurl VARCHAR(300),
  statuscode VARCHAR(8));
CREATE TABLE project_config (project_name VARCHAR(64) PRIMARY KEY, config1 TEXT, config2 TEXT);
CREATE TABLE serverinfo (id INT AUTO_INCREMENT PRIMARY KEY, project_name VARCHAR(64), hostname VARCHAR(64), ip VARCHAR(64),
  variable1 VARCHAR(64), variable2 VARCHAR(64));
CREATE TABLE updateoperation (taskid VARCHAR(64) PRIMARY KEY, project_name VARCHAR(64), hostlist VARCHAR(2000), tag VARCHAR(64),
  rtime VARCHAR(32), operation VARCHAR(64), user VARCHAR(50))`;

const shapes = { newest: tables, older, oldest };

export type OriginalRow = Record<string, string | number>;

/** Makes an original's database at an empty one's address, and fills its tables. */
export async function fillOriginal(
  address: string,
  rows: Record<string, OriginalRow[]>,
  shape: keyof typeof shapes = 'newest',
): Promise<void> {
  const connection = await mysql.createConnection({ uri: address, charset: 'utf8' });
  try {
    await connection.query('ALTER DATABASE CHARACTER SET utf8');
    for (const statement of shapes[shape].split(';')) await connection.query(statement);
    for (const [table, all] of Object.entries(rows))
      for (const row of all) await connection.query('INSERT INTO ?? SET ?', [table, row]);
  } finally {
    await connection.end();
  }
}
