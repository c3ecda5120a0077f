/** The oldest Node that works; package.json says the same under `engines`. */
const oldest = [20, 12];

/** Ends the process with a sentence where this Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(`Node ${oldest.join('.')} or newer is needed; this is ${process.version}.`);
  process.exit(1);
}
