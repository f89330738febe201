import type { Stage } from "./stage.ts";

/** What is planted in the data, by where. Put together here, so that the repository holds nothing that looks like one. */
export const planted = {
  smtpPassword: ["Planted", "pw", "4711x"].join("-"),
  parameter: ["aaaabbbb", "ccccdddd", "1111"].join(""),
  comment: ["AbCdEf", "12345", "Ghij89"].join(""),
  attachment: ["AKIA", "QWERTYUIOPASDFGH"].join(""),
  webhook: ["hooks.slack.com/services", "T0PLANTED", "B0PLANTED", "planted1planted2planted3"].join("/"),
} as const;

const psql = "docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d odoo";

/** A server, a parameter, an API key, a person's note, an attachment, a webhook, a scheduled action, as production has them. */
export const plant = async (stage: Stage): Promise<void> => {
  await stage.run(`set -e
text='aws_access_key_id = ${planted.attachment}'
sha=$(printf %s "$text" | sha1sum | cut -c -40)
folder=/mnt/odoo-data/filestore/filestore/odoo/\${sha:0:2}
install -d -o 10001 -g 10001 "$folder"
printf %s "$text" >"$folder/$sha" && chown 10001:10001 "$folder/$sha"
${psql} <<SQL
INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption, smtp_authentication, active, smtp_user, smtp_pass, sequence)
  VALUES ('planted', 'smtp.example.com', 587, 'starttls', 'login', true, 'planted', '${planted.smtpPassword}', 1);
INSERT INTO ir_config_parameter (key, value) VALUES ('planted.auth_token', '${planted.parameter}');
INSERT INTO res_users_apikeys (name, user_id, scope, key, index, create_date) VALUES ('planted', 2, 'rpc', '\\$pbkdf2-sha512\\$6000\\$abc\\$def', 'abcdefgh', now());
INSERT INTO res_partner (name, email, active, comment) VALUES ('Planted', 'planted@example.com', true, '<p>my token=${planted.comment} thanks</p>');
INSERT INTO ir_attachment (name, type, store_fname, checksum, file_size, mimetype) VALUES ('planted.txt', 'binary', '\${sha:0:2}/'||'$sha', '$sha', \${#text}, 'text/plain');
INSERT INTO ir_act_server (name, type, state, model_id, binding_type, usage, webhook_url)
  SELECT '{"en_US": "planted"}', 'ir.actions.server', 'webhook', id, 'action', 'ir_cron', 'https://${planted.webhook}' FROM ir_model WHERE model = 'res.partner';
INSERT INTO ir_cron (ir_actions_server_id, cron_name, active, interval_number, interval_type, nextcall, priority, user_id)
  SELECT id, 'planted', true, 1, 'days', now() + interval '1 year', 5, 1 FROM ir_act_server WHERE name->>'en_US' = 'planted';
SQL`);
};

/** Takes it away again, from the data that it was planted in. */
export const unplant = async (stage: Stage): Promise<void> => {
  await stage.run(`${psql} <<'SQL'
DELETE FROM ir_cron WHERE cron_name = 'planted';
DELETE FROM ir_act_server WHERE name->>'en_US' = 'planted';
DELETE FROM ir_mail_server WHERE name = 'planted';
DELETE FROM ir_config_parameter WHERE key = 'planted.auth_token';
DELETE FROM res_users_apikeys WHERE name = 'planted';
DELETE FROM res_partner WHERE name = 'Planted';
DELETE FROM ir_attachment WHERE name = 'planted.txt';
SQL`);
};

/** Which of the planted values are still to be found in all that is live: the dump of the database, and the files. */
export const stillThere = async (stage: Stage): Promise<string[]> => {
  const words = Object.values(planted).join("\n");
  const text = await stage.run(`words=$(mktemp); cat >"$words" <<'WORDS'
${words}
WORDS
{ docker exec postgres pg_dump -U postgres odoo; find /mnt/odoo-data/filestore/filestore/odoo -type f -exec cat {} +; } | grep -aoFf "$words" | sort -u
rm "$words"`);
  return text.split("\n").filter((line) => line !== "");
};

/**
 * Makes a clone on the machine without the verb, out of its own bucket by its own key: for what the verb cannot be asked.
 * @returns what the script answers, its last line
 */
export const cloneByHand = async (stage: Stage, leaveOut: string[]): Promise<Record<string, unknown>> => {
  const text = await stage.run(`own=/etc/odoo-platform/secrets/backups
python3 - '${JSON.stringify(leaveOut)}' <<'PYTHON' | /usr/local/lib/odoo-platform/odoo-clone.sh 2>/dev/null || true
import json, re, sys
own = "/etc/odoo-platform/secrets/backups/"
env = dict(line.split("=", 1) for line in open(own + ".env").read().splitlines() if "=" in line)
keys = open(own + "credentials").read()
image = re.search("^ODOO_IMAGE=(.*)", open("/etc/odoo-platform/odoo/.env").read(), re.M)[1]
print(json.dumps({
    "endpoint": env["BACKUP_ENDPOINT"], "region": env["BACKUP_REGION"], "bucket": env["BACKUP_BUCKET"],
    "keyId": re.search("key_id=(.*)", keys)[1], "secretKey": re.search("access_key=(.*)", keys)[1],
    "passphrase": open(own + "passphrase").read(), "source": {"stack": "sandbox", "domain": "odoo.sandbox.test"},
    "url": "https://odoo.sandbox.test", "adminHash": "none", "image": image, "registryCredentials": "",
    "keepPasswords": False, "mask": [], "allow": [], "leaveOut": json.loads(sys.argv[1]),
}))
PYTHON`);
  return JSON.parse(text.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
};

/** What is left of a clone that came to nothing: containers, networks, folders; and the copies that there are. */
export const leftOfClone = async (stage: Stage): Promise<string> =>
  await stage.run(
    "docker ps -a --format '{{.Names}}' | grep clone; docker network ls --format '{{.Name}}' | grep clone; ls -d /mnt/odoo-data/incoming-clone /run/odoo-platform/clone-* 2>/dev/null | grep -v holder; true",
  );

/** Where the container that serves gets to. */
export const reached = async (stage: Stage, targets: readonly string[]): Promise<string[]> => {
  const text = await stage.run(`slot=$(cat /var/lib/odoo-platform/odoo-slot)
docker exec -i "odoo-web-$slot" python3 - ${targets.join(" ")} <<'PYTHON'
import socket, sys
for target in sys.argv[1:]:
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=4).close()
        print(target)
    except OSError:
        pass
PYTHON`);
  return text.split("\n").filter((line) => line !== "");
};

/** Has the Odoo that serves send a mail by each server of its database, and by none. @returns how many it sent */
export const sendMails = async (stage: Stage, token: string): Promise<number> => {
  const text = await stage.run(`slot=$(cat /var/lib/odoo-platform/odoo-slot)
{ printf 'token = "%s"\\n' '${token}'; cat /usr/local/lib/odoo-platform/backups-prove.py; } |
  docker exec -i "odoo-web-$slot" odoo shell -c /etc/odoo/odoo.conf -d odoo --no-http --workers=0 --max-cron-threads=0 --log-level=error 2>/dev/null |
  sed -n 's/^.*PROVED //p'`);
  const { sent, failed } = JSON.parse(text) as { sent: string[]; failed: string[] };
  if (failed.length > 0) throw new Error(failed.join("; "));
  return sent.length;
};
