import type { Db } from '../../src/store/database.ts';
import * as questions from '../../src/store/questions.ts';

type Form = Record<string, string>;

/** The settings of hosts as a browser sends them, all left empty but for `over`. */
export function settingFields(over: Form = {}): Form {
  return {
    sshUser: '',
    sshPort: '',
    sshKey: '',
    hostPath: '',
    logPath: '',
    supervisorDir: '',
    supervisorSuffix: '',
    supervisorSocket: '',
    supervisorUser: '',
    supervisorctl: '',
    crontab: '',
    cronDir: '',
    cronUsers: '',
    cronSudo: '',
    supervisorPassword: '',
    ...over,
  };
}

/** The form of a new host. */
export function hostFields(over: Form = {}): Form {
  return { name: '', notes: '', environment: 'test', ...settingFields(), ...over };
}

/** The form of a new nodejs project. */
export function projectFields(over: Form = {}): Form {
  return {
    type: 'nodejs',
    environment: 'test',
    name: 'till',
    ...projectSettings(),
    ...over,
  };
}

/** The part of that form which may be changed later. */
export function projectSettings(over: Form = {}): Form {
  return {
    groupId: '',
    gitUrl: 'https://git.example.com/shop.git',
    branch: 'main',
    port: '4000',
    command: 'npm ci',
    timeoutSeconds: '600',
    idleSeconds: '60',
    output: '',
    checkPort: 'on',
    checkPath: '/healthcheck',
    checkCode: '200',
    startSeconds: '1',
    stopSeconds: '10',
    shared: '',
    keep: '',
    notes: '',
    ...over,
  };
}

/** Where an answer leads. */
export function placeOf(answer: { status: number; headers: { location?: string } }): string {
  if (answer.status !== 303 || !answer.headers.location) throw new Error(`${answer.status} leads nowhere`);
  return answer.headers.location;
}

/** A hostile value in the name of its test: short, and nothing that a terminal obeys. */
export function titled<First extends string>([first, value]: [First, string]): [First, string, string] {
  return [first, JSON.stringify(value).slice(0, 60), value];
}

/** Answers the one question that waits, as a worker would, and tells what it was. */
export async function answering(db: Db, answer: unknown): Promise<questions.Question> {
  const [question] = await questions.claim(db, 'a-worker', 1);
  if (!question) throw new Error('nobody asked anything');
  await questions.answer(db, question.id, answer);
  return question;
}
