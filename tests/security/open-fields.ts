/**
 * What becomes of the texts of a shell in a field whose shape alone does not refuse all of them. `text`: kept and shown
 * as it was typed, and data wherever it goes. `judged`: refused at the field, by more than its shape. `words`: split
 * into an argv of our own, without any shell, where only what ends no word is taken. `secret`: a password, hashed or
 * sealed. `command`: shell by its nature, written by who may. `nothing`: chosen from what is ours; all else is passed
 * over and not kept.
 */
export type Openness = 'text' | 'judged' | 'words' | 'secret' | 'command' | 'nothing';

/** Every such field of every form, by its name: the addresses that it is sent to. One that is not here fails. */
export const openFields: Record<Openness, Record<string, string>> = {
  text: {
    name: '/profile/tokens /groups /groups/:group /notices/channels /notices/channels/:channel /directory/groups',
    // a name that nobody has stands in the audit trail, as it was typed
    username: '/sign-in /directory/try',
    displayName: '/setup/:token /profile /people',
    notes: '/groups /groups/:group /hosts /hosts/:host /projects /projects/:project/settings',
    reason:
      '/drift/:placement/release /drift/:placement/process /drift/:placement/configuration ' +
      '/mutes /freezes /freezes/:freeze /locks /projects/:project/locks /hosts/:host/key/:question /git-servers/:question ' +
      '/projects/:project/push /projects/:project/schedules /operations/:operation/unlock /tickets ' +
      '/projects/:project/operations /projects/:project/hosts/:placement/delete /tickets/:ticket/refuse ' +
      '/projects/:project/processes/:placement',
    weakSshReason: '/hosts /hosts/:host',
    pass:
      '/drift/:placement/release /drift/:placement/process /drift/:placement/configuration ' +
      '/projects/:project/schedules /operations/:operation/resume /operations/:operation/retry ' +
      '/operations/:operation/rollback /projects/:project/operations /projects/:project/clean-cache ' +
      '/projects/:project/hosts /projects/:project/hosts/:placement/delete /projects/:project/push ' +
      '/projects/:project/put-back /tickets/:ticket/run /projects/:project/processes/:placement',
    pauseReason: '/operations/:operation/pause',
    cancelReason: '/operations/:operation/cancel',
    note: '/tickets/:ticket/approve /alarms/:alarm/acknowledge',
    closing: '/tickets/:ticket/close',
    text: '/projects/:project/files',
    option_keyword: '/notices/channels /notices/channels/:channel',
    option_server_xml: '/projects /projects/:project/settings',
    // said to registries over http or tcp, never to a shell
    ...Object.fromEntries(
      ['service', 'id', 'group', 'namespace', 'cluster', 'ip', 'user', 'body', 'content_type', 'answer']
        .concat('out', 'in')
        .map((name) => [`option_${name}`, '/projects/:project/traffic']),
    ),
  },
  judged: {
    timeZone: '/profile',
    process: '/projects/:project/processes/:placement /projects/:project/processes/:placement/log',
    gives: '/directory/groups',
    addresses: '/profile/tokens',
    ranges: '/environments/:environment/ranges',
    scope: '/windows /windows/:window /freezes /freezes/:freeze /locks /mutes',
    zone: '/windows /windows/:window',
    hours: '/windows /windows/:window /mutes',
    extra: '/windows /windows/:window',
    from: '/freezes /freezes/:freeze /mutes',
    to: '/freezes /freezes/:freeze',
    until: '/locks /projects/:project/locks /mutes',
    kind: '/notices/routes',
    groupId: '/notices/routes',
    channelId: '/notices/routes',
    address: '/hosts /hosts/:host',
    allowedEnvironments: '/hosts /hosts/:host',
    allowedGroups: '/hosts /hosts/:host',
    environment: '/notices/routes /hosts /hosts/:host/key /hosts/:host/key/:question /hosts/:host/test',
    gitUrl: '/git-servers /projects /projects/:project/settings',
    branch: '/projects /projects/:project/settings',
    shared: '/projects /projects/:project/settings',
    option_config_git_url: '/projects /projects/:project/settings',
    option_url: '/notices/channels /notices/channels/:channel',
    branches: '/projects/:project/webhooks',
    template: '/projects/:project/template',
    variables:
      '/environments/:environment/variables /projects/:project/variables ' +
      '/projects/:project/hosts/:placement/variables',
    url: '/projects/:project/files',
    at: '/projects/:project/schedules /tickets',
    ...Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`project${number}`, '/tickets'])),
    server: '/git-servers/forget',
  },
  words: {
    ...Object.fromEntries(
      ['supervisorctl', 'crontab', 'cronSudo'].map((name) => [
        name,
        '/environments /environments/:environment /hosts /hosts/:host',
      ]),
    ),
    ...Object.fromEntries(
      ['maven_arguments', 'java_options', 'arguments', 'reload', 'fpm_signal'].map((name) => [
        `option_${name}`,
        '/projects /projects/:project/settings',
      ]),
    ),
  },
  secret: {
    password: '/sign-in /setup/:token /profile/password /people /people/:user/password',
    again: '/setup/:token /profile/password /people /people/:user/password',
    current: '/profile/password',
    supervisorPassword: '/environments /environments/:environment /hosts /hosts/:host',
    option_token: '/notices/channels /notices/channels/:channel /projects/:project/traffic',
    option_secret: '/notices/channels /notices/channels/:channel /projects/:project/traffic',
    option_user: '/notices/channels /notices/channels/:channel',
    option_password: '/notices/channels /notices/channels/:channel /projects/:project/traffic',
    option_header_value: '/projects/:project/traffic',
  },
  command: {
    command: '/projects /projects/:project/settings',
    option_start: '/projects /projects/:project/settings',
    option_stop: '/projects /projects/:project/settings',
    option_check: '/projects /projects/:project/settings',
    option_setenv: '/projects /projects/:project/settings',
    option_command: '/projects/:project/traffic',
    ...Object.fromEntries(
      ['before-build', 'after-build', 'before-switch', 'after-switch']
        .concat('host-before-switch', 'host-after-switch')
        .map((place) => [`command_${place}`, '/projects/:project/hooks']),
    ),
  },
  nothing: {
    next: '/sign-in /language',
    member: '/people/:user/grants',
    config: '/people/:user/grants',
    deploy: '/people/:user/grants',
    // shown with what is wrong with it
    template: '/projects/:project/template/preview',
    // the deploy page's whole form, of which the plan needs none of them
    reason: '/projects/:project/plan',
    pass: '/projects/:project/plan',
    at: '/projects/:project/plan /projects/:project/operations',
  },
};

/** Texts that a judged field takes for what they are. */
export const meant: Record<string, string> = { 'branches /projects/:project/webhooks': 'a pattern' };

/** The same, one line for each field and address: `name /groups`. */
export function openLines(of: Openness): string[] {
  return Object.entries(openFields[of]).flatMap(([field, paths]) =>
    paths.split(' ').map((path) => `${field} ${path}`),
  );
}

/** Deeds that read no form: what is sent along is not looked at. */
export const formless =
  '/hosts/:host/test/:question/name /projects/:project/push/compare /projects/:project/hosts/:placement/adoption ' +
  '/operations/:operation/continue /projects/:project/refs ' +
  '/drift/:placement/release/look /drift/:placement/process/look /drift/:placement/configuration/look ' +
  '/projects/:project/changes /projects/:project/diff /groups/:group/delete /profile/sessions/:session/end ' +
  '/people/:user/sessions/:session/end /people/:user/sessions/end /environments/:environment/delete ' +
  '/windows/:window/delete /freezes/:freeze/delete /locks/:lock/lift /projects/:project/locks/:lock/lift ' +
  '/hosts/:host/delete /arrivals/:arrival/forget /projects/:project/delete ' +
  '/projects/:project/schedules/:schedule/withdraw /sign-out /profile/sign-out-everywhere';
