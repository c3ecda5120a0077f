import { routes as adoption } from './pages/adoption.ts';
import { routes as alarms } from './pages/alarms.ts';
import { routes as api } from './pages/api.ts';
import { routes as approvers } from './pages/approvers.ts';
import { routes as arrivals } from './pages/arrivals.ts';
import { routes as audiences } from './pages/audiences.ts';
import { routes as audit } from './pages/audit.ts';
import { routes as channelTest } from './pages/channel-test.ts';
import { routes as channels } from './pages/channels.ts';
import { routes as cleanCache } from './pages/clean-cache.ts';
import { routes as deploy } from './pages/deploy.ts';
import { routes as deployLook } from './pages/deploy-look.ts';
import { routes as directory } from './pages/directory.ts';
import { routes as doctor } from './pages/doctor.ts';
import { routes as drift } from './pages/drift.ts';
import { routes as environmentVariables } from './pages/environment-variables.ts';
import { routes as environments } from './pages/environments.ts';
import { routes as expansionRanges } from './pages/expansion-ranges.ts';
import { routes as freezes } from './pages/freezes.ts';
import { routes as gitServers } from './pages/git-servers.ts';
import { routes as grantEnd } from './pages/grant-end.ts';
import { routes as groups } from './pages/groups.ts';
import { routes as handLocks } from './pages/hand-locks.ts';
import { routes as health } from './pages/health.ts';
import { routes as healthLive } from './pages/health-live.ts';
import { routes as history } from './pages/history.ts';
import { routes as home } from './pages/home.ts';
import { routes as hostHealth } from './pages/host-health.ts';
import { routes as hostKey } from './pages/host-key.ts';
import { routes as hostTest } from './pages/host-test.ts';
import { routes as hosts } from './pages/hosts.ts';
import { routes as keys } from './pages/keys.ts';
import { routes as live } from './pages/live.ts';
import { routes as mutes } from './pages/mutes.ts';
import { routes as newsRoutes } from './pages/news-routes.ts';
import { routes as notices } from './pages/notices.ts';
import { routes as onePerson } from './pages/one-person.ts';
import { routes as operation } from './pages/operation.ts';
import { routes as operationAgain } from './pages/operation-again.ts';
import { routes as operationLog } from './pages/operation-log.ts';
import { routes as operationPause } from './pages/operation-pause.ts';
import { routes as people } from './pages/people.ts';
import { routes as placementVariables } from './pages/placement-variables.ts';
import { routes as placements } from './pages/placements.ts';
import { routes as plan } from './pages/plan.ts';
import { routes as process } from './pages/process.ts';
import { routes as profile } from './pages/profile.ts';
import { routes as projectClone } from './pages/project-clone.ts';
import { routes as projectFiles } from './pages/project-files.ts';
import { routes as projectHooks } from './pages/project-hooks.ts';
import { routes as projectPush } from './pages/project-push.ts';
import { routes as projectStrategy } from './pages/project-strategy.ts';
import { routes as projectTemplate } from './pages/project-template.ts';
import { routes as projectTraffic } from './pages/project-traffic.ts';
import { routes as projectVariables } from './pages/project-variables.ts';
import { routes as projectWebhooks } from './pages/project-webhooks.ts';
import { routes as projects } from './pages/projects.ts';
import { routes as putBack } from './pages/put-back.ts';
import { routes as putRight } from './pages/put-right.ts';
import { routes as schedules } from './pages/schedules.ts';
import { routes as sessions } from './pages/sessions.ts';
import { routes as setup } from './pages/setup.ts';
import { routes as signIn } from './pages/sign-in.ts';
import { routes as statistics } from './pages/statistics.ts';
import { routes as ticket } from './pages/ticket.ts';
import { routes as ticketRules } from './pages/ticket-rules.ts';
import { routes as ticketRun } from './pages/ticket-run.ts';
import { routes as tickets } from './pages/tickets.ts';
import { routes as tokens } from './pages/tokens.ts';
import { routes as waitingPush } from './pages/waiting-push.ts';
import { routes as windowRules } from './pages/window-rules.ts';
import { routes as windows } from './pages/windows.ts';
import type { Route } from './route.ts';

/** The whole map of addresses: each page file's own list. What is not here does not exist. */
export const allRoutes: readonly Route[] = [
  ...signIn,
  ...setup,
  ...home,
  ...profile,
  ...tokens,
  ...api,
  ...groups,
  ...people,
  ...onePerson,
  ...grantEnd,
  ...sessions,
  ...directory,
  ...environments,
  ...environmentVariables,
  ...expansionRanges,
  // Before windows: /windows/rules is no window.
  ...windowRules,
  ...windows,
  ...freezes,
  ...handLocks,
  ...hosts,
  ...hostKey,
  ...hostTest,
  ...approvers,
  ...arrivals,
  ...keys,
  ...doctor,
  ...gitServers,
  // Before notices: /notices/channels is no notice.
  ...channels,
  ...channelTest,
  ...audiences,
  ...newsRoutes,
  // Before alarms: /alarms/events is no alarm.
  ...healthLive,
  ...alarms,
  ...health,
  ...hostHealth,
  ...drift,
  ...putRight,
  ...mutes,
  ...notices,
  ...projects,
  ...projectVariables,
  ...projectWebhooks,
  ...waitingPush,
  ...projectTemplate,
  ...projectPush,
  ...projectClone,
  ...cleanCache,
  ...projectStrategy,
  ...schedules,
  ...projectHooks,
  ...projectTraffic,
  ...putBack,
  ...projectFiles,
  ...placements,
  ...placementVariables,
  ...adoption,
  ...operation,
  ...operationAgain,
  ...operationPause,
  ...operationLog,
  ...live,
  ...history,
  ...tickets,
  ...ticket,
  ...ticketRun,
  ...ticketRules,
  ...audit,
  ...statistics,
  ...deployLook,
  ...plan,
  ...process,
  // Last: its /projects/:project would take /projects/new for a project.
  ...deploy,
];
