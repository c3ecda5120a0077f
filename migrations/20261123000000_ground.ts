import type { Knex } from 'knex';

/*
 * Ids are ULIDs; times are epoch milliseconds; JSON is text. Column types are the same on SQLite and MySQL.
 * Operations, releases and audit rows outlive the project they speak of, so they hold no foreign key to it.
 */
export async function up(knex: Knex): Promise<void> {
  await people(knex);
  await inventory(knex);
  await work(knex);
  await observations(knex);
  await records(knex);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

type Table = Knex.CreateTableBuilder;
const id = (t: Table, name = 'id') => t.string(name, 26).notNullable();
const time = (t: Table, name: string) => t.bigInteger(name).notNullable();
const timeOrNone = (t: Table, name: string) => t.bigInteger(name).nullable();
const json = (t: Table, name: string) => t.text(name, 'longtext').nullable();
const yes = (t: Table, name: string) => t.boolean(name).notNullable().defaultTo(false);

async function make(knex: Knex, name: string, columns: (table: Table) => void): Promise<void> {
  if (await knex.schema.hasTable(name)) return;
  await knex.schema.createTable(name, (table) => {
    if (knex.client.config.client === 'mysql2') {
      table.engine('InnoDB');
      table.charset('utf8mb4');
      table.collate('utf8mb4_bin');
    }
    columns(table);
  });
}

async function people(knex: Knex): Promise<void> {
  await make(knex, 'users', (t) => {
    id(t).primary();
    t.string('username', 64).notNullable().unique();
    t.string('display_name', 128).notNullable();
    t.string('password_hash', 255).nullable();
    t.string('role', 8).notNullable();
    t.string('language', 8).nullable();
    t.string('theme', 8).nullable();
    t.string('time_zone', 64).nullable();
    timeOrNone(t, 'disabled_at');
    time(t, 'created_at');
  });
  await make(knex, 'sessions', (t) => {
    t.string('sid', 255).notNullable().primary();
    t.text('sess', 'longtext').notNullable();
    t.dateTime('expired').notNullable().index();
  });
  await make(knex, 'one_time_links', (t) => {
    t.string('token_hash', 64).notNullable().primary();
    t.string('purpose', 32).notNullable();
    time(t, 'expires_at');
    timeOrNone(t, 'used_at');
  });
  await make(knex, 'project_groups', (t) => {
    id(t).primary();
    t.string('name', 64).notNullable().unique();
    t.text('notes').nullable();
    time(t, 'created_at');
  });
  await make(knex, 'grants', (t) => {
    id(t, 'user_id').references('users.id').onDelete('CASCADE');
    id(t, 'group_id').references('project_groups.id').onDelete('CASCADE');
    yes(t, 'config');
    yes(t, 'deploy');
    time(t, 'created_at');
    t.primary(['user_id', 'group_id']);
  });
}

async function inventory(knex: Knex): Promise<void> {
  await make(knex, 'environments', (t) => {
    t.string('name', 24).notNullable().primary();
    yes(t, 'production');
    t.integer('position').notNullable().defaultTo(0);
    json(t, 'settings');
    time(t, 'created_at');
  });
  await make(knex, 'ssh_keys', (t) => {
    t.string('name', 48).notNullable().primary();
    t.text('public_key').notNullable();
    t.string('fingerprint', 64).notNullable();
    time(t, 'published_at');
  });
  await make(knex, 'hosts', (t) => {
    id(t).primary();
    t.string('name', 253).notNullable().unique();
    t.string('address', 253).notNullable();
    json(t, 'settings');
    t.text('host_key').nullable();
    t.string('host_key_fingerprint', 64).nullable();
    timeOrNone(t, 'host_key_pinned_at');
    t.string('host_key_pinned_by', 64).nullable();
    t.text('notes').nullable();
    time(t, 'created_at');
  });
  await make(knex, 'git_servers', (t) => {
    t.string('server', 260).notNullable().primary();
    t.text('host_key').notNullable();
    t.string('fingerprint', 64).notNullable();
    time(t, 'pinned_at');
    t.string('pinned_by', 64).notNullable();
  });
  await make(knex, 'projects', (t) => {
    id(t).primary();
    t.string('environment', 24).notNullable().references('environments.name');
    t.string('name', 48).notNullable();
    t.string('project_key', 80).notNullable().unique();
    id(t, 'group_id').references('project_groups.id');
    t.string('type', 24).notNullable();
    t.string('git_url', 512).notNullable();
    t.string('branch', 200).notNullable();
    t.integer('port').nullable();
    json(t, 'settings');
    t.text('template', 'mediumtext').nullable();
    json(t, 'env');
    t.text('notes').nullable();
    t.integer('revision').notNullable().defaultTo(1);
    time(t, 'created_at');
    time(t, 'updated_at');
  });
  await make(knex, 'placements', (t) => {
    id(t).primary();
    id(t, 'project_id').references('projects.id').onDelete('CASCADE');
    id(t, 'host_id').references('hosts.id');
    t.integer('processes').notNullable().defaultTo(1);
    t.integer('position').notNullable().defaultTo(0);
    json(t, 'env');
    json(t, 'adoption');
    time(t, 'created_at');
    t.unique(['project_id', 'host_id']);
  });
}

async function work(knex: Knex): Promise<void> {
  await make(knex, 'operations', (t) => {
    id(t).primary();
    id(t, 'project_id');
    t.string('project_key', 80).notNullable();
    t.string('environment', 24).notNullable();
    t.string('group_id', 26).notNullable();
    t.string('kind', 24).notNullable();
    t.string('state', 24).notNullable();
    t.string('ref', 200).nullable();
    t.string('commit_id', 40).nullable();
    t.string('release_id', 26).nullable();
    t.string('from_operation', 26).nullable();
    t.string('relation', 16).nullable();
    json(t, 'snapshot');
    json(t, 'facts');
    t.text('reason').nullable();
    t.string('requested_by', 26).nullable();
    t.string('requested_name', 128).notNullable();
    t.string('idempotency_key', 128).nullable().unique();
    time(t, 'created_at');
    timeOrNone(t, 'started_at');
    timeOrNone(t, 'finished_at');
    timeOrNone(t, 'cancel_requested_at');
    t.string('cancel_requested_by', 128).nullable();
    t.integer('crashes').notNullable().defaultTo(0);
    json(t, 'failure');
    t.bigInteger('last_log').notNullable().defaultTo(0);
    t.index(['project_id', 'id']);
    t.index(['state', 'id']);
    t.index(['environment', 'id']);
    t.index(['group_id', 'id']);
  });
  await make(knex, 'operation_hosts', (t) => {
    id(t, 'operation_id');
    id(t, 'host_id');
    t.string('host_name', 253).notNullable();
    t.integer('position').notNullable();
    t.string('state', 16).notNullable();
    t.string('release_before', 26).nullable();
    t.string('release_after', 26).nullable();
    json(t, 'facts');
    t.primary(['operation_id', 'host_id']);
    t.index(['host_id', 'operation_id']);
  });
  await make(knex, 'steps', (t) => {
    id(t).primary();
    id(t, 'operation_id');
    t.string('step_key', 120).notNullable();
    t.integer('position').notNullable();
    t.string('phase', 16).notNullable();
    t.string('name', 32).notNullable();
    t.string('host_id', 26).nullable();
    t.integer('process').nullable();
    t.string('state', 12).notNullable();
    t.integer('attempt').notNullable().defaultTo(1);
    t.bigInteger('fence').nullable();
    t.string('worker', 26).nullable();
    timeOrNone(t, 'started_at');
    timeOrNone(t, 'ended_at');
    json(t, 'evidence');
    t.bigInteger('source_offset').notNullable().defaultTo(0);
    t.bigInteger('log_bytes').notNullable().defaultTo(0);
    t.bigInteger('log_lines').notNullable().defaultTo(0);
    t.bigInteger('gap_bytes').notNullable().defaultTo(0);
    t.unique(['operation_id', 'step_key']);
  });
  await make(knex, 'log_chunks', (t) => {
    id(t, 'operation_id');
    t.bigInteger('seq').notNullable();
    id(t, 'step_id');
    time(t, 'at');
    t.text('text', 'longtext').notNullable();
    t.integer('bytes').notNullable();
    t.primary(['operation_id', 'seq']);
    t.index(['step_id', 'seq']);
  });
  await make(knex, 'locks', (t) => {
    id(t, 'project_id').primary();
    t.string('operation_id', 26).nullable();
    timeOrNone(t, 'held_since');
    t.string('owner', 26).nullable();
    t.bigInteger('fence').notNullable().defaultTo(0);
    timeOrNone(t, 'expires_at');
    t.index(['operation_id']);
  });
  await make(knex, 'releases', (t) => {
    id(t).primary();
    id(t, 'project_id');
    t.string('name', 120).notNullable();
    t.string('commit_id', 40).notNullable();
    t.string('subject', 500).notNullable().defaultTo('');
    t.string('author', 200).notNullable().defaultTo('');
    timeOrNone(t, 'committed_at');
    t.string('config_hash', 64).notNullable();
    t.string('manifest_hash', 64).notNullable();
    t.integer('files').notNullable();
    t.bigInteger('bytes').notNullable();
    t.string('state', 12).notNullable();
    timeOrNone(t, 'good_at');
    timeOrNone(t, 'bad_at');
    yes(t, 'pinned');
    id(t, 'operation_id');
    time(t, 'built_at');
    t.unique(['project_id', 'name']);
    t.index(['project_id', 'commit_id', 'config_hash']);
  });
  await make(knex, 'host_releases', (t) => {
    id(t, 'project_id');
    id(t, 'host_id');
    id(t, 'release_id');
    time(t, 'staged_at');
    t.primary(['project_id', 'host_id', 'release_id']);
  });
  await make(knex, 'workers', (t) => {
    id(t).primary();
    t.string('kind', 12).notNullable();
    t.string('machine', 253).notNullable();
    t.integer('pid').notNullable();
    time(t, 'started_at');
    time(t, 'heartbeat_at');
  });
  await make(knex, 'questions', (t) => {
    id(t).primary();
    t.string('kind', 32).notNullable();
    t.string('cache_key', 64).nullable().index();
    json(t, 'args');
    t.string('state', 12).notNullable();
    t.string('asked_by', 26).nullable();
    time(t, 'asked_at');
    time(t, 'deadline_at');
    t.string('claimed_by', 26).nullable();
    json(t, 'answer');
    timeOrNone(t, 'answered_at');
    t.index(['state', 'asked_at']);
  });
}

async function observations(knex: Knex): Promise<void> {
  await make(knex, 'host_states', (t) => {
    id(t, 'host_id').primary();
    t.string('reachable', 16).notNullable();
    t.string('supervisor', 16).notNullable();
    t.text('message').nullable();
    time(t, 'checked_at');
  });
  await make(knex, 'process_states', (t) => {
    id(t, 'placement_id').references('placements.id').onDelete('CASCADE');
    t.string('process_name', 160).notNullable();
    t.string('state', 16).notNullable();
    t.integer('pid').nullable();
    timeOrNone(t, 'since');
    t.text('message').nullable();
    time(t, 'checked_at');
    t.primary(['placement_id', 'process_name']);
  });
  await make(knex, 'placement_states', (t) => {
    id(t, 'placement_id').primary().references('placements.id').onDelete('CASCADE');
    t.string('state', 16).notNullable();
    timeOrNone(t, 'since');
    t.string('release_id', 120).nullable();
    t.text('message').nullable();
    time(t, 'checked_at');
  });
  await make(knex, 'traffic', (t) => {
    id(t, 'project_id');
    id(t, 'host_id');
    t.integer('process').notNullable();
    t.string('desired', 4).notNullable();
    t.string('observed', 8).notNullable();
    time(t, 'since');
    t.string('operation_id', 26).nullable();
    t.primary(['project_id', 'host_id', 'process']);
  });
}

async function records(knex: Knex): Promise<void> {
  await make(knex, 'audit', (t) => {
    id(t).primary();
    time(t, 'at');
    t.string('actor', 128).notNullable();
    t.string('via', 12).notNullable();
    t.string('ip', 64).nullable();
    t.string('action', 64).notNullable();
    t.string('object', 253).notNullable();
    json(t, 'before');
    json(t, 'after');
    t.string('result', 12).notNullable();
    t.text('reason').nullable();
    t.string('request_id', 64).nullable();
    t.index(['object', 'id']);
  });
  await make(knex, 'facts', (t) => {
    t.string('name', 64).notNullable().primary();
    t.text('value').notNullable();
  });
}
