import { generateKeyPairSync } from "node:crypto";
import { newKeyPair } from "../../ssh-keys.ts";

// Credentials that look real are put together at run time, so that no scan of the tree finds one.
const join = (...parts: string[]): string => parts.join("");
const letters = "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx";
const hex = "3f9a1c77e0b24d5896ab0c1d2e3f4a5b";

/** An SSH key pair in OpenSSH's form, both halves. */
export function sshKeyPair(): { privateKey: string; publicKey: string } {
  const { private: privateKey, public: publicKey } = newKeyPair();
  return { privateKey, publicKey };
}

/** One credential of each kind that a rule must find in an input, by the kind's id. */
export const credentials: readonly [id: string, text: string][] = [
  ["digitalocean-token", join("dop", "_v1_", hex, hex)],
  ["digitalocean-token", join("doo", "_v1_", hex, hex)],
  ["digitalocean-token", join("dor", "_v1_", hex, hex)],
  ["spaces-key", join("DO", "00K7VTR3QXN2MZ8LFP")],
  ["github-token", join("gh", "p_", letters)],
  ["github-token", join("gh", "o_", letters)],
  ["github-token", join("gh", "s_", letters)],
  ["github-token", join("github", "_pat_", "11ABCDEFG0abcdefghijkl_", letters, letters.slice(0, 23))],
  ["gitlab-token", join("glp", "at-", letters.slice(0, 20))],
  ["openai-key", join("sk", "-", letters, "A1b2")],
  ["openai-key", join("sk", "-proj-", letters, letters)],
  ["anthropic-key", join("sk", "-ant-api03-", letters, letters)],
  ["slack-token", join("xo", "xb-", "123456789012-123456789012-", letters.slice(0, 24))],
  ["slack-webhook", join("https://hooks.slack", ".com/services/T0ABCDEFG/B0ABCDEFG/", letters.slice(0, 24))],
  ["mattermost-webhook", join("https://chat.acme.org", "/hooks/", "x7k4n9dq3tbp8rm5w1ys6zca2e")],
  ["aws-key", join("AK", "IAQ3EGTR5XN2MZ7LFP")],
  ["aws-key", join("AS", "IAQ3EGTR5XN2MZ7LFP")],
  ["named-value", join("AWS_SECRET_ACCESS", "_KEY=", letters, "Ab/9")],
  ["private-key", generateKeyPairSync("ec", pem("P-256")).privateKey],
  ["private-key", sshKeyPair().privateKey],
  ["private-key", JSON.stringify(sshKeyPair().privateKey)],
  ["database-url", join("postgresql://odoo:", "hunter2hunter2@db.acme.org:25060/odoo?sslmode=require")],
  ["database-url", join("redis://:", "hunter2hunter2@cache.acme.org:6379")],
  ["basic-auth-url", join("https://deploy:", "hunter2hunter2@git.acme.org/odoo.git")],
  ["mailgun-key", join("key", "-", hex)],
  ["mailgun-key", join(hex, "-", hex.slice(0, 8), "-", hex.slice(8, 16))],
  ["stripe-key", join("sk", "_live_", letters.slice(0, 24))],
  ["pagerduty-key", join("u+", letters.slice(0, 18))],
  ["named-value", join("pagerduty_routing", "_key: ", hex)],
  ["jwt", join("eyJ", "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.", "eyJ", "zdWIiOiIxMjM0NTY3ODkwIn0.", letters)],
  ["named-value", join("admin", "_passwd = correcthorsebattery")],
  ["named-value", join("db", "_password = Tr0ub4dor")],
  ["named-value", join("POSTGRES", "_PASSWORD=odoo1234")],
  ["named-value", join('{"api', 'Key": "9fK2mQ8xLpR4tVz7"}')],
  ["named-value", join("DB", "_PASSWORD=${DB", "_PASSWORD:-Tr0ub4dor}")],
  ["authorization-header", join("Authorization: ", "Bearer ", letters)],
  ["docker-auth", join('{"auths":{"ghcr.io":{"au', 'th":"', Buffer.from(letters).toString("base64"), '"}}}')],
  ["command-flag", join("mysql --", "password hunter2hunter2 odoo")],
  ["command-flag", join("curl -u ", "admin:hunter2hunter2 https://acme.org")],
  ["npm-token", join("npm", "_", letters)],
  ["sendgrid-token", join("SG", ".", letters.slice(0, 22), ".", letters, letters.slice(0, 7))],
];

function pem(namedCurve: string) {
  return {
    namedCurve,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  } as const;
}

/** What stands where a secret could, and is none: in a document none of it may be found. */
export const harmless: readonly string[] = [
  "POSTGRES_PASSWORD=${POSTGRES_PASSWORD:?POSTGRES_PASSWORD not set}",
  "smtp_password = ${MAILGUN_SMTP_PASSWORD}",
  "export GITHUB_TOKEN=<your-token>",
  "GITHUB_TOKEN=your-token-here",
  "GITHUB_TOKEN=ghp_...",
  "Set DIGITALOCEAN_TOKEN, SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY.",
  "token: ${{ secrets.GITHUB_TOKEN }}",
  'curl -H "Authorization: token $GITHUB_TOKEN" https://api.github.com',
  "db_password = False",
  "admin_passwd = changeme",
  "password: example",
  "API_KEY=xxxxxxxxxxxxxxxxxxxxxxxx",
  "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
  "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "FILESTORE_SECRET=EV[1:0ZkJ4mQ8:9fK2mQ8xLpR4tVz7]",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "550e8400-e29b-41d4-a716-446655440000",
  sshKeyPair().publicKey,
  "The file begins with -----BEGIN OPENSSH PRIVATE KEY-----, and so on.",
  "postgres://user:password@localhost/odoo",
  "https://acme.org:8443/path@version",
  "password: /run/secrets/odoo-db",
  "lock_passwd: true",
  'secretName: "DB_PASSWORD"',
  "secrets: inherit",
];
