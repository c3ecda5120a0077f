/** Somebody signed in. */
export type Person = {
  id: string;
  username: string;
  displayName: string;
  role: 'admin' | 'user';
  language: 'en' | 'zh-CN' | null;
  theme: 'light' | 'dark' | null;
  timeZone: string | null;
  grants: Grant[];
};

/** What a person may do in a group; holding one at all makes a member. From `until` on (epoch ms) it counts no more. */
export type Grant = { groupId: string; config: boolean; deploy: boolean; until?: number };
