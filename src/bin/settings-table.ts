import { type Setting, settings } from '../config-schema.ts';

/** The text of docs/settings.md: every setting with its default and what it is for. */
export function settingsPage(): string {
  const rows = Object.values(settings).map(
    (setting: Setting) => `| \`${setting.name}\` | ${defaultOf(setting)} | ${cell(setting.about)} |`,
  );
  return `# Settings

Set them in the environment or in a file \`.env\` in the project's folder; the environment wins. They are checked
when a process starts: a wrong one stops it at once and is named. Empty means: the default. Times are in seconds
unless the name says otherwise.

This page is generated: \`npm run docs:settings\`.

| setting | default | what it is for |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function defaultOf(setting: Setting): string {
  const value = setting.schema.parse(undefined);
  return value === '' ? '–' : `\`${String(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
