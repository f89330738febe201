# Fed to `odoo shell` on a copy that has no way out, after a line that sets `token`: sends a mail by each outgoing server that the
# database knows, active or not, by none in particular, and as Odoo's own queue does. All of them must arrive in the catcher.
import json

sent, failed = [], []
recipients = [f"{token}@example.com", f"{token}@example.org"]  # noqa: F821


def send(what, deliver):
    subject = f"clone {token} {len(sent) + len(failed)}"  # noqa: F821
    try:
        deliver(subject)
        sent.append(subject)
    except Exception as error:
        failed.append(f"{what}: {type(error).__name__}: {error}"[:300])
        env.cr.rollback()  # noqa: F821


servers = env["ir.mail_server"].sudo().with_context(active_test=False)  # noqa: F821


# Other series have other names for it.
connect = getattr(servers, "_connect__", None) or servers.connect
build = getattr(servers, "_build_email__", None) or servers.build_email


def by_server(number):
    def deliver(subject):
        message = build(email_from=sender, email_to=recipients, subject=subject, body="Nobody gets this.")
        # One that is switched off can be switched on again, so it is tried too.
        session = connect(mail_server_id=number, smtp_from=sender, allow_archived=True) if number else None
        servers.send_email(message, smtp_session=session)

    return deliver


sender = env["ir.config_parameter"].sudo().get_param("mail.default.from_filter") or "clone@example.net"  # noqa: F821
sender = sender if "@" in sender else f"clone@{sender}"
send("the default server", by_server(None))
for server in servers.search([]):
    send(f"server {server.id}", by_server(server.id))
if "mail.mail" in env:  # noqa: F821

    def by_queue(subject):
        values = {"subject": subject, "body_html": "<p>Nobody gets this.</p>", "email_from": sender, "email_to": ",".join(recipients)}
        mail = env["mail.mail"].sudo().create(values)  # noqa: F821
        mail.send(raise_exception=True)
        if mail.exists() and mail.state != "sent":
            raise ValueError(f"its state is {mail.state}, {mail.failure_reason}")

    send("the queue", by_queue)
# What it wrote of these mails is no part of the copy.
env.cr.rollback()  # noqa: F821
print("PROVED " + json.dumps({"sent": sent, "failed": failed, "neutralised": env["ir.config_parameter"].sudo().get_param("database.is_neutralized")}))  # noqa: F821
