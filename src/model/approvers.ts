/** Who decides about tickets. `people` null: whoever holds the right to do what is asked for. */
export type ApproverRule = { people: string[] | null; admins: boolean };

/** Where nothing else was chosen. */
export const usualApprovers: ApproverRule = { people: null, admins: true };
