/** Another project's release that a promotion runs here, as it was when it was asked for. */
export type Promotion = { releaseId: string; releaseName: string; projectId: string; projectKey: string };
